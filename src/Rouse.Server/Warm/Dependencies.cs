using System;
using System.Collections.Generic;
using System.Threading;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>
/// The files that a service's server reads while it starts, and the names that it looks for, watched from before it has read them: an edit
/// counts for the next connection, as if the server were started for it. One set holds for all servers that were started since the last
/// change. The thread that starts servers adds to it, the loop's is told.
/// </summary>
internal sealed class Dependencies : EventSource
{
    private const int Most = 8192;

    private readonly Lock _gate = new();
    private readonly EventLoop _loop;
    private readonly Action _changed;
    private readonly Fd _watch;
    private readonly List<FileChange> _changes = [];

    // Watched directories with the names that matter there; null for one that was listed: then every name does.
    private readonly Dictionary<int, HashSet<string>?> _names = [];
    private readonly HashSet<int> _files = [];
    private bool _closed;
    private bool _isBusy;

    private Dependencies(EventLoop loop, Fd watch, Action changed) => (_loop, _watch, _changed) = (loop, watch, changed);

    /// <summary>Files and directories that are watched.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _names.Count + _files.Count;
            }
        }
    }

    /// <param name="changed">Called on the loop's thread, once.</param>
    /// <returns>Null when there can be no watch: then nothing may be parked.</returns>
    public static Dependencies? Open(EventLoop loop, Action changed)
    {
        SysResult opened = loop.System.OpenFileWatch();
        if (!opened.Ok)
        {
            return null;
        }

        Dependencies watched = new(loop, opened.Fd, changed);
        if (loop.Watch(watched, opened.Fd, PollEvents.In).Ok)
        {
            return watched;
        }

        loop.System.Close(opened.Fd);
        return null;
    }

    /// <summary>The file or directory behind a path; false if it cannot be watched, though it can be read.</summary>
    /// <param name="seenFrom">/proc/PID/root or the like: where the server's paths begin; empty for a file whose name means nothing.</param>
    public bool AddFile(string seenFrom, string path)
    {
        if (!Begin())
        {
            return false;
        }

        string whole = seenFrom + path;
        bool done = true;
        switch (Files.KindOf(whole))
        {
            case FileKind.Regular:
                SysResult watched = FileWatch.AddFile(_watch, whole);
                Note(watched);
                done = watched.Ok && (seenFrom.Length == 0 || AddName(seenFrom, path));
                break;
            case FileKind.Missing:
                done = seenFrom.Length > 0 && AddName(seenFrom, path);
                break;
            default:
                break;
        }

        return End() && done;
    }

    /// <summary>A directory whose entries were listed.</summary>
    public bool AddListing(string whole)
    {
        if (!Begin())
        {
            return false;
        }

        SysResult watched = FileWatch.AddNames(_watch, whole);
        if (watched.Ok)
        {
            lock (_gate)
            {
                _names[watched.Value] = null;
            }
        }

        return End() && watched.Ok;
    }

    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _loop.Forget(this);
            if (!_isBusy)
            {
                _loop.System.Close(_watch);
            }
        }
    }

    /// <summary>
    /// Takes what has happened up to now: a connection that was made after an edit may be accepted in the turn in which the edit is still to
    /// be told.
    /// </summary>
    public void Look() => OnReady(PollEvents.In);

    public override void OnReady(PollEvents events)
    {
        _changes.Clear();
        _loop.System.ReadFileWatch(_watch, _changes);
        if (_changes.Count == 0)
        {
            return;
        }

        bool matters = false;
        lock (_gate)
        {
            foreach (FileChange change in _changes)
            {
                // A watch that has not been noted yet may be anybody's.
                matters |= !_names.TryGetValue(change.Watch, out HashSet<string>? names)
                    || names is null || change.Name.Length == 0 || names.Contains(change.Name);
            }
        }

        if (matters)
        {
            _changed();
        }
    }

    // No lock is held while the kernel looks at a path: a file system may take its time, and the loop must not wait for it. So the descriptor of a
    // set that is closed meanwhile is closed here.
    private bool Begin()
    {
        lock (_gate)
        {
            _isBusy = !_closed && _names.Count + _files.Count < Most;
            return _isBusy;
        }
    }

    private bool End()
    {
        lock (_gate)
        {
            _isBusy = false;
            if (_closed)
            {
                _loop.System.Close(_watch);
            }

            return !_closed;
        }
    }

    private void Note(in SysResult file)
    {
        lock (_gate)
        {
            _ = file.Ok && _files.Add(file.Value);
        }
    }

    // The name may come to mean another file, or a file at all: then something happens to it in its directory. Where that is missing too, in
    // the nearest one above that is there.
    private bool AddName(string seenFrom, string path)
    {
        while (path.LastIndexOf('/') is int slash and >= 0)
        {
            string directory = seenFrom + path[..slash] + "/";
            SysResult watched = FileWatch.AddNames(_watch, directory);
            if (watched.Ok)
            {
                NoteName(watched.Value, path[(slash + 1)..]);
                return true;
            }

            if (watched.Error is not (Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP))
            {
                return false;
            }

            path = path[..slash];
        }

        return true;
    }

    private void NoteName(int directory, string name)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(directory, out HashSet<string>? names))
            {
                _names.Add(directory, names = new HashSet<string>(StringComparer.Ordinal));
            }

            names?.Add(name);
        }
    }
}
