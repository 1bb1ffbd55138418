"use strict";

// Choose a service and a user, and show Swagger UI. Tokens stay in the memory of this page.

const element = (id) => document.getElementById(id);
const says = (text) => (element("signed-in").textContent = text);
let token = null;
let ui = null;

async function answer(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `HTTP ${response.status}`);
  return body;
}

function authorize() {
  if (token !== null) ui.preauthorizeApiKey("token", token);
}

async function show(service) {
  try {
    const { document: spec, notes } = await answer(`services/${encodeURIComponent(service)}`);
    element("notes").replaceChildren(
      ...notes.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
    );
    element("notes").hidden = notes.length === 0;
    ui = SwaggerUIBundle({
      spec,
      dom_id: "#console",
      deepLinking: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      defaultModelRendering: "model", // hides nine equal examples of an error
      validatorUrl: null, // nothing leaves this machine
      onComplete: authorize,
    });
  } catch (error) {
    element("notes").hidden = true;
    element("console").textContent = error.message;
  }
}

async function signIn(event) {
  event.preventDefault();
  const user = element("user").value.trim();
  says(`Signing ${user} in ...`);
  try {
    const body = JSON.stringify({ user });
    const headers = { "Content-Type": "application/json" };
    ({ token } = await answer("token", { method: "POST", headers, body }));
    authorize();
    says(`Signed in: ${user}`);
  } catch (error) {
    says(error.message);
  }
}

async function begin() {
  const services = await answer("services");
  element("service").replaceChildren(...services.map((name) => new Option(name, name)));
  element("service").addEventListener("change", (event) => show(event.target.value));
  element("sign-in").addEventListener("submit", signIn);
  if (services.length > 0) await show(services[0]);
  else element("console").textContent = "No service of this checkout has an HTTP endpoint.";
}

begin();
