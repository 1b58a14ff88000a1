using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Rouse.Access.Wrappers;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Tests.Fakes;

/// <summary>Files of tcp_wrappers in memory, netgroups and accounts. Counts what it is asked.</summary>
internal sealed class FakeWrapperHost : IWrapperHost
{
    private readonly ConcurrentDictionary<string, (string Text, ulong Version)> _files = [];
    private string? _hanging;
    private readonly ManualResetEventSlim _mayRead = new(initialState: true);
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly ManualResetEventSlim _mayFind = new(initialState: true);
    private ulong _version;
    private int _netgroupQuestions;

    public string AllowPath => "/etc/hosts.allow";

    public string DenyPath => "/etc/hosts.deny";

    /// <summary>Reads of files.</summary>
    public int Reads { get; private set; }

    /// <summary>Looks at files.</summary>
    public int Looks { get; private set; }

    /// <summary>Where the descriptor that tells of new files is opened; null: there is none.</summary>
    public FakeSystem? Watched { get; set; }

    /// <summary>A change of this moment might not show in a stamp.</summary>
    public bool IsCoarse { get; set; }

    /// <summary>No file can be read now.</summary>
    public bool IsOutOfDescriptors { get; set; }

    /// <summary>Netgroup and host of each member.</summary>
    public HashSet<(string Netgroup, string Host)> Members { get; } = [];

    public FakeWrapperHost With(string path, string text)
    {
        _files[path] = (text, ++_version);
        return this;
    }

    public FakeWrapperHost Allow(string text) => With(AllowPath, text);

    public FakeWrapperHost Deny(string text) => With(DenyPath, text);

    /// <summary>Every reading of a file ends in a fault of the program.</summary>
    public bool IsBroken { get; set; }

    public void Remove(string path) => _files.TryRemove(path, out _);

    /// <summary>From now on whoever reads a file has its content as it is then, and gets it when <see cref="ReadOn"/> says so.</summary>
    /// <param name="path">Of this file alone; null for each.</param>
    public void HangReading(string? path = null)
    {
        _hanging = path;
        _mayRead.Reset();
    }

    public void ReadOn() => _mayRead.Set();

    /// <summary>Another content that nobody could tell by its stamp.</summary>
    public void ChangeUnseen(string path, string text) => _files[path] = (text, _files[path].Version);

    /// <summary>Questions for netgroups that have come this far.</summary>
    public int NetgroupQuestions => Volatile.Read(ref _netgroupQuestions);

    public void HangNetgroups() => _open.Reset();

    public void GoOn() => _open.Set();

    public RuleFileContent Read(string path)
    {
        Reads++;
        if (IsOutOfDescriptors)
        {
            return RuleFileContent.Unreadable("Too many open files", isMomentary: true);
        }

        if (IsBroken)
        {
            throw new InvalidOperationException("reader fault");
        }

        bool isThere = _files.TryGetValue(path, out (string Text, ulong Version) file);
        if (isThere && (_hanging is null || _hanging == path))
        {
            _mayRead.Wait();
        }

        return isThere
            ? RuleFileContent.Found(new SourceFile(path, SourceFile.Encode(file.Text)))
            : RuleFileContent.Absent;
    }

    public FileStamp StampOf(string path)
    {
        Looks++;
        return _files.TryGetValue(path, out (string Text, ulong Version) file) ? new FileStamp(1, file.Version, (ulong)file.Text.Length, 1, 1) : FileStamp.Nothing;
    }

    public bool IsSettled(in FileStamp stamp) => !IsCoarse;

    public SysResult Watch() => Watched?.OpenDirectoryWatch() ?? SysResult.Fail(Errno.ENOSPC);

    public void Drain(Fd watch) => Watched!.DirectoryChanged = false;

    public bool IsInNetgroup(string netgroup, string host)
    {
        Interlocked.Increment(ref _netgroupQuestions);
        _open.Wait();
        return Members.Contains((netgroup, host));
    }

    /// <summary>Users that exist, with their number.</summary>
    public ConcurrentDictionary<string, uint> Users { get; } = new() { ["nobody"] = 65534 };

    public void HangAccounts() => _mayFind.Reset();

    public void FindOn() => _mayFind.Set();

    public UserEntry? FindUser(string name)
    {
        _mayFind.Wait();
        return Users.TryGetValue(name, out uint uid) ? new UserEntry(name, uid, uid) : null;
    }

    public GroupEntry? FindGroup(string name)
    {
        _mayFind.Wait();
        return name == "games" ? new GroupEntry(name, 60) : null;
    }

    public IReadOnlyList<uint> GroupsOf(string user, uint gid) => [gid, 7];
}
