using System.Collections.Generic;
using Rouse.Access.Wrappers;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Wrappers;

/// <summary>
/// What the rules of tcp_wrappers need of the machine: their files, how it is noticed that these have changed, netgroups and accounts. Tests put
/// another in its place.
/// </summary>
public interface IWrapperHost : IRuleFiles
{
    string AllowPath { get; }

    string DenyPath { get; }

    /// <summary>Which version of a file there is now.</summary>
    FileStamp StampOf(string path);

    /// <summary>A change of this moment would give the file another stamp. Not so right after a change, where the clock of files is coarse.</summary>
    bool IsSettled(in FileStamp stamp);

    /// <summary>A descriptor that becomes readable when one of the two files may have appeared; a failure where there can be none.</summary>
    SysResult Watch();

    /// <summary>Takes what the descriptor of <see cref="Watch"/> has told.</summary>
    void Drain(Fd watch);

    /// <summary>Whether a host is in a netgroup (innetgr(3)). May wait for a name service.</summary>
    bool IsInNetgroup(string netgroup, string host);

    UserEntry? FindUser(string name);

    GroupEntry? FindGroup(string name);

    /// <summary>The groups of a user, <paramref name="gid"/> among them.</summary>
    IReadOnlyList<uint> GroupsOf(string user, uint gid);
}
