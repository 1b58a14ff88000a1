using System;

namespace Rouse.Access;

/// <summary>
/// Why a peer is turned away. One list for the whole program: the words of FAIL lines (xinetd.log(5)) and what <c>rouse</c> shows both
/// come from it. In the order in which the daemon asks.
/// </summary>
public enum RefusalReason
{
    None,
    ConnectionsPerSecond,
    StartsPerMinute,
    SourceRate,
    Load,
    Time,
    ServiceLimit,
    PerSourceLimit,
    ProcessLimit,
    Address,
    Libwrap,
    Fork,

    /// <summary>The server that connections are passed on to does not listen.</summary>
    Backend,

    /// <summary>It sent nothing, to a service that is woken by data.</summary>
    Silent,
}

public static class RefusalReasons
{
    /// <summary>The word or words in a FAIL line; empty for <see cref="RefusalReason.None"/>.</summary>
    public static ReadOnlySpan<byte> LogText(this RefusalReason reason) => reason switch
    {
        RefusalReason.ConnectionsPerSecond => "connections per second"u8,
        RefusalReason.StartsPerMinute => "starts per minute"u8,
        RefusalReason.SourceRate => "per_source_rate"u8,
        RefusalReason.Load => "load"u8,
        RefusalReason.Time => "time"u8,
        RefusalReason.ServiceLimit => "service_limit"u8,
        RefusalReason.PerSourceLimit => "per_source_limit"u8,
        RefusalReason.ProcessLimit => "process_limit"u8,
        RefusalReason.Address => "address"u8,
        RefusalReason.Libwrap => "libwrap"u8,
        RefusalReason.Fork => "fork"u8,
        RefusalReason.Backend => "backend"u8,
        RefusalReason.Silent => "silent"u8,
        _ => [],
    };
}
