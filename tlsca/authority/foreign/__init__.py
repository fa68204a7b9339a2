"""What people have: files, directories and databases that other authorities' tools made, read without trusting any of them."""
