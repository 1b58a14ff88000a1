using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Hosts;

/// <summary>This machine, as a configuration asks for it.</summary>
public sealed class SystemConfigHost : IConfigHost
{
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);

    private readonly (string Path, string Text)? _embedded;

    /// <param name="embedded">A configuration that is part of the program, and the name that it answers to.</param>
    public SystemConfigHost((string Path, string Text)? embedded = null)
    {
        _embedded = embedded;
        foreach (string word in ThisProcess.Environment())
        {
            int equals = word.IndexOf('=');
            _variables.Add(equals < 0 ? word : word[..equals]);
        }
    }

    public bool TryReadFile(string path, out byte[] bytes, out string reason)
    {
        if (_embedded is { } embedded && embedded.Path == path)
        {
            bytes = SourceFile.Encode(embedded.Text);
            reason = "";
            return true;
        }

        SysResult result = Files.Read(path, out bytes);
        reason = result.Ok ? "" : result.Error.Describe();
        return result.Ok;
    }

    public bool TryListDirectory(string path, out IReadOnlyList<string> names, out string reason)
    {
        SysResult result = Files.List(path, out List<string> found);
        names = found;
        reason = result.Ok ? "" : result.Error.Describe();
        return result.Ok;
    }

    public PathKind KindOf(string path) => Files.KindOf(path) switch
    {
        FileKind.Regular => PathKind.Regular,
        FileKind.Directory => PathKind.Directory,
        FileKind.Missing => PathKind.Missing,
        _ => PathKind.Other,
    };

    public bool IsExecutable(string path, out string reason)
    {
        SysResult result = Files.MayExecute(path);
        reason = !result.Ok ? result.Error.Describe() : Files.KindOf(path) == FileKind.Regular ? "" : "not a regular file";
        return reason.Length == 0;
    }

    public UserEntry? FindUser(string name) => Entry(Users.Find(name));

    public UserEntry? FindUser(uint uid) => Entry(Users.Find(uid));

    public GroupEntry? FindGroup(string name) => Users.FindGroup(name) is uint gid ? new GroupEntry(name, gid) : null;

    public IReadOnlyList<uint> SupplementaryGroups(string userName, uint gid) => Users.GroupsOf(userName, gid);

    public IReadOnlyList<IpAddress> Resolve(string hostName)
    {
        List<IpAddress> addresses = [];
        foreach (SocketAddress address in HostNames.Resolve(hostName))
        {
            addresses.Add(new IpAddress(address.Address));
        }

        return addresses;
    }

    public bool HasEnvironmentVariable(string name) => _variables.Contains(name);

    private static UserEntry? Entry(PasswordEntry? entry) => entry is null ? null : new UserEntry(entry.Name, entry.Uid, entry.Gid);
}
