"""What every reader starts from and returns: options, one neutral project, and passages proved on stored words."""
