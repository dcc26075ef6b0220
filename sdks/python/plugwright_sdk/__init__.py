"""What an SDK in Python ships that does not depend on its world."""
