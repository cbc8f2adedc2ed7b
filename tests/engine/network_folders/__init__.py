"""Real network folders: NFS and SMB, mounted by Linux's own clients inside a small machine of their own."""
