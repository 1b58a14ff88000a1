using System.Collections.Generic;
using Rouse.Access.Wrappers;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Hosts;

/// <summary>/etc/hosts.allow, /etc/hosts.deny, and the lists that they name.</summary>
public sealed class SystemWrapperHost : IWrapperHost
{
    private const string Directory = "/etc";

    private readonly SystemRuleFiles _files = new();

    public string AllowPath => Directory + "/hosts.allow";

    public string DenyPath => Directory + "/hosts.deny";

    public RuleFileContent Read(string path) => _files.Read(path);

    public FileStamp StampOf(string path) => Files.StampOf(path);

    // Two changes that are closer together may bear the same time on file systems whose clock is that of the kernel's ticks.
    public bool IsSettled(in FileStamp stamp) => !stamp.IsThere || System.Math.Abs(Files.NowNs - stamp.ChangedNs) >= 20_000_000;

    public SysResult Watch() => DirectoryWatch.Open(Directory);

    public void Drain(Fd watch) => DirectoryWatch.Drain(watch);

    public bool IsInNetgroup(string netgroup, string host) => Netgroups.HasHost(netgroup, host);

    public UserEntry? FindUser(string name) => new SystemConfigHost().FindUser(name);

    public GroupEntry? FindGroup(string name) => new SystemConfigHost().FindGroup(name);

    public IReadOnlyList<uint> GroupsOf(string user, uint gid) => Users.GroupsOf(user, gid);
}
