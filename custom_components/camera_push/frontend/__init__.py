"""The cards and the dashboard: the module that browsers load, and the dashboard's views."""
