"""What a case needs from the machine: a small disk of its own, real map data. Says when it is not
there."""
import os
import subprocess

from harness import Skipped


def shared_file(name):
    root = os.environ.get('KUAIFAN_SHARED') or os.path.join(
        os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'shared')
    path = os.path.join(root, 'data', name)
    if not os.path.exists(path):
        raise Skipped(f'no {name}: KUAIFAN_SHARED names no directory that has it')
    return path


class Mount:
    """A tmpfs of a given size; only root may."""

    def __init__(self, path, size):
        self.path = path
        self.size = size

    def __enter__(self):
        os.makedirs(self.path)
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={self.size}', 'tmpfs', self.path],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Skipped(f'no file system of our own can be mounted here ({done.stderr.strip()})')
        return self

    def __exit__(self, *_):
        subprocess.run(['umount', '-l', self.path], check=True)

    def resize(self, size):
        subprocess.run(['mount', '-o', f'remount,rw,size={size}', self.path], check=True)

    def read_only(self):
        subprocess.run(['mount', '-o', 'remount,ro', self.path], check=True)

    def free_bytes(self):
        facts = os.statvfs(self.path)
        return facts.f_bavail * facts.f_frsize

    def fill(self, leave):
        """A file that takes all but `leave` bytes; removed to make room again."""
        ballast = os.path.join(self.path, 'ballast')
        with open(ballast, 'wb') as file:
            os.posix_fallocate(file.fileno(), 0, max(4096, self.free_bytes() - leave))
        return ballast
