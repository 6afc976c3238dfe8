"""The words of Hestia: errors, layers, specs, results, ports, registry. No input or output, no framework."""
