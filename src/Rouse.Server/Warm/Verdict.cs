using System.Collections.Generic;

namespace Rouse.Server.Warm;

internal enum VerdictKind
{
    /// <summary>The server makes the call.</summary>
    Pass,

    /// <summary>The call is not made; the server finds <see cref="Verdict.Result"/> and what is written for it.</summary>
    Answer,

    /// <summary>The server waits before this call until it has its connection.</summary>
    Park,
}

/// <summary>Bytes that an answered call leaves in the server's memory.</summary>
internal readonly record struct Written(ulong Address, byte[] Bytes);

/// <summary>What becomes of one system call. <paramref name="Reason"/>: why it parks, in a word or two.</summary>
internal readonly record struct Verdict(VerdictKind Kind, long Result = 0, IReadOnlyList<Written>? Writes = null, string Reason = "")
{
    public static Verdict Pass => default;

    public static Verdict Park(string reason) => new(VerdictKind.Park, Reason: reason);

    public static Verdict Answer(long result, params Written[] writes) => new(VerdictKind.Answer, result, writes);
}
