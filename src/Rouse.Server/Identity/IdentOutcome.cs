using System;

namespace Rouse.Server.Identity;

/// <summary>How asking for a user ended.</summary>
internal enum IdentOutcome
{
    /// <summary>The identification server has named a user.</summary>
    Known,
    NoServer,
    BadResponse,
    ReceiveError,
    TimedOut,

    /// <summary>Nobody was asked: the daemon has no room or no descriptor for it.</summary>
    NotAsked,
}

internal static class IdentOutcomes
{
    /// <summary>The reason in a NOID line, in the original's words.</summary>
    public static ReadOnlySpan<byte> LogText(this IdentOutcome outcome) => outcome switch
    {
        IdentOutcome.NoServer => "no server"u8,
        IdentOutcome.BadResponse => "bad response"u8,
        IdentOutcome.ReceiveError => "error while receiving response"u8,
        IdentOutcome.TimedOut => "timeout"u8,
        IdentOutcome.NotAsked => "not asked"u8,
        _ => [],
    };
}
