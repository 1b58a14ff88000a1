using System;
using System.Collections.Immutable;
using System.Linq;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Bench.Operations;

/// <summary>May this peer come in? Asked of many peers in turn, so that no branch and no cache line is always the same.</summary>
internal static class Verdicts
{
    private const int Peers = 4096;

    public static Func<int> Decide(int networks)
    {
        Random random = new(networks);
        AccessPolicy policy = AccessPolicy.Compile(ServiceWith(
            [.. Enumerable.Range(0, networks).Select(_ => AddressPattern.Network(Address(random), 96 + random.Next(16, 33), SourceSpan.None))]));
        AccessRequest[] requests = [.. Enumerable.Range(0, Peers).Select(_ => new AccessRequest(Address(random), 0, PeerName.NotAsked))];
        int next = 0;
        return () => AccessControl.Decide(requests[next++ & (Peers - 1)], policy).Allowed ? 1 : 0;
    }

    private static IpAddress Address(Random random) => IpAddress.FromV4((uint)random.NextInt64(uint.MaxValue));

    private static ServiceDefinition ServiceWith(ImmutableArray<AddressPattern> onlyFrom) => new()
    {
        Name = "server",
        Id = "server",
        Span = SourceSpan.None,
        SocketType = SocketType.Stream,
        Protocol = new ProtocolEntry("tcp", 6),
        Wait = false,
        OnlyFrom = onlyFrom,
    };
}
