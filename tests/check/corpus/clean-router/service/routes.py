route_data = {}
