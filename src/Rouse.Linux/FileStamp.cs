namespace Rouse.Linux;

/// <summary>
/// What tells one version of a file from another: which file it is (device, inode), its size in bytes, and when its content and its inode
/// last changed (nanoseconds since 1970).
/// </summary>
public readonly record struct FileStamp(ulong Device, ulong Inode, ulong Size, long ModifiedNs, long ChangedNs)
{
    /// <summary>No file of that name, nor a link that leads nowhere.</summary>
    public static FileStamp Nothing => default;

    /// <summary>There is something, but it cannot be looked at.</summary>
    public static FileStamp Unknown => new(0, ulong.MaxValue, 0, 0, 0);

    public bool IsThere => Inode != 0;
}
