MODULES = ["strings", "keys", "connection", "server", "introspection", "pubsub", "abuse"]
