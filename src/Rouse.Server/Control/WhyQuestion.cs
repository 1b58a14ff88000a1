using System.Collections.Immutable;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;

namespace Rouse.Server.Control;

/// <summary>What <c>rouse why</c> asks: would this client be served now, and why?</summary>
public sealed record WhyQuestion
{
    public required IpAddress Client { get; init; }

    /// <summary>The minute of the day, 0…1439, local time; null for now.</summary>
    public int? MinuteOfDay { get; init; }

    /// <summary>The client's name, as far as it is known.</summary>
    public WrapperName ClientName { get; init; }

    /// <summary>The address that the client comes to; null if it is not said.</summary>
    public IpAddress? Server { get; init; }

    public WrapperName ServerName { get; init; }

    public WrapperName User { get; init; }

    public ImmutableArray<NetgroupAnswer> Netgroups { get; init; } = [];
}
