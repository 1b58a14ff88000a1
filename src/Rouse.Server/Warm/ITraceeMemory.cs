using System;

namespace Rouse.Server.Warm;

/// <summary>What a system call's arguments point to, in the process that makes it.</summary>
internal interface ITraceeMemory
{
    /// <summary>All of the bytes, or false: the call then fails on them too, or nobody may look.</summary>
    bool Read(ulong address, Span<byte> bytes);

    /// <summary>A path, one char a byte; null where it cannot be read.</summary>
    string? ReadPath(ulong address);
}

/// <summary>Says whether the kernel would let a connection have an option.</summary>
internal interface IOptionTrial
{
    /// <summary>None, or setsockopt's errno; null where it cannot be tried.</summary>
    Linux.Errno? Try(int level, int option, ReadOnlySpan<byte> value);
}
