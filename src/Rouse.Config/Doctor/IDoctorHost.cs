using Rouse.Config.Addresses;
using Rouse.Config.Hosts;

namespace Rouse.Config.Doctor;

/// <summary>What stat(2) says of a path, links followed. <paramref name="Mode"/> holds the permission bits (07777) only.</summary>
public readonly record struct PathStatus(PathKind Kind, uint Mode, uint Uid, uint Gid)
{
    /// <summary>Everybody may write to it.</summary>
    public bool IsOpenToAll => (Mode & 2) != 0;

    /// <summary>The sticky bit: of a directory's names only their owners may dispose.</summary>
    public bool IsSticky => (Mode & 0x200) != 0;
}

/// <summary>What the doctor asks of the host beyond what reading the configuration asks (<see cref="IConfigHost"/>).</summary>
public interface IDoctorHost
{
    /// <summary>Null where there is nothing, or where we may not look.</summary>
    PathStatus? Status(string path);

    /// <summary>realpath(3): the path without links; the path itself where that cannot be found out.</summary>
    string RealPath(string path);

    /// <summary>The first bytes of a file, at most <paramref name="most"/>; empty where it cannot be read.</summary>
    byte[] Beginning(string path, int most);

    /// <summary>Whether a socket can be bound to the address now. <paramref name="scope"/>: the interface of a link-local one, or 0.</summary>
    bool HasAddress(IpAddress address, uint scope);

    /// <summary>Processors that are online.</summary>
    int Processors { get; }
}
