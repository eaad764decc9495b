"""What each platform brings to a shop, a file each, one format for all (docs/platforms.md)."""
