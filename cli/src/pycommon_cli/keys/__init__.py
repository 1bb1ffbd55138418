"""`pycommon keys`: hand API keys out and take them back, at the local AWS or at a deployed stage."""
