"""What is known of each platform, a file each: its carriers; one format for all (docs/carriers.md)."""
