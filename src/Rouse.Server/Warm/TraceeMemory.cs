using System;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>The memory of a traced process; what cannot be read for want of rights is remembered, because then nothing can be judged.</summary>
internal sealed class TraceeMemory(int pid) : ITraceeMemory
{
    /// <summary>A read failed for another reason than a bad address.</summary>
    public bool IsDenied { get; private set; }

    public bool Read(ulong address, Span<byte> bytes) => RemoteMemory.Read(pid, address, bytes) || Note();

    public string? ReadPath(ulong address)
    {
        string? path = RemoteMemory.ReadPath(pid, address);
        _ = path is null && Note();
        return path;
    }

    private bool Note()
    {
        IsDenied |= RemoteMemory.WasDenied;
        return false;
    }
}
