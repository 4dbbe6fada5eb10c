"""forumtui: every forum you follow, in one terminal, online or off."""
