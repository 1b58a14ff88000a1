using System;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Linq;
using Rouse.Access.Addresses;
using Rouse.Config.Addresses;
using Rouse.Config.Text;
using static Rouse.Access.Tests.Policies;

namespace Rouse.Access.Tests;

public sealed class CostTests(ITestOutputHelper output)
{
    [Fact]
    public void Deciding_allocates_nothing()
    {
        AccessPolicy policy = AccessPolicy.Compile(Service(
            [.. List(".example.org", "a.example").Concat(RandomNetworks(1000, v6: false))],
            [.. List("bad.example", "10.0.0.0/8").Concat(RandomNetworks(1000, v6: true))],
            [new(0, 1400, SourceSpan.None)]));
        PeerName known = PeerName.Known("host.example.org");
        Random random = new(1);
        int allowed = DecideMany(1000, policy, random, known);
        Assert.Equal(0, Allocated.AtLeast(() => allowed = DecideMany(100_000, policy, random, known)));
        Assert.InRange(allowed, 1, 99_999);
    }

    // The bound is wide: a shared machine's timing is no measure. A walk over the list would be thousands of times slower.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hundred_thousand_networks_decide_about_as_fast_as_ten(bool v6)
    {
        AddressSet few = AddressSet.Compile(RandomNetworks(10, v6));
        AddressSet many = AddressSet.Compile(RandomNetworks(100_000, v6));
        IpAddress[] peers = [.. RandomNetworks(4096, v6).Select(network => network.Address)];
        double fewNs = BestNanoseconds(few, peers);
        double manyNs = BestNanoseconds(many, peers);
        string family = v6 ? "IPv6" : "IPv4";
        output.WriteLine($"{family}: 10 networks {fewNs:F1} ns, 100,000 networks {manyNs:F1} ns, ratio {manyNs / fewNs:F1}");
        Assert.InRange(manyNs / fewNs, 0, 60);
    }

    private static int DecideMany(int count, AccessPolicy policy, Random random, PeerName known)
    {
        int allowed = 0;
        for (int i = 0; i < count; i++)
        {
            IpAddress peer = IpAddress.FromV4((uint)random.NextInt64(uint.MaxValue));
            PeerName name = (i % 3) switch { 0 => PeerName.NotAsked, 1 => PeerName.Unknown, _ => known };
            AccessRequest request = new(i % 7 == 0 ? new IpAddress(peer.Value << 64) : peer, i % 1440, name);
            allowed += AccessControl.Decide(request, policy).Allowed ? 1 : 0;
        }

        return allowed;
    }

    private static double BestNanoseconds(AddressSet set, IpAddress[] peers)
    {
        double best = double.MaxValue;
        int found = 0;
        for (int round = 0; round < 30; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int repeat = 0; repeat < 10; repeat++)
            {
                foreach (IpAddress peer in peers)
                {
                    found += set.Match(peer).Entry;
                }
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / (10.0 * peers.Length));
        }

        Assert.NotEqual(0, found);
        return best;
    }

    private static ImmutableArray<AddressPattern> RandomNetworks(int count, bool v6)
    {
        Random random = new(count + (v6 ? 1 : 0));
        return [.. Enumerable.Range(0, count).Select(_ => v6
            ? AddressPattern.Network(RandomV6(random), random.Next(24, 65), SourceSpan.None)
            : AddressPattern.Network(IpAddress.FromV4((uint)random.NextInt64(uint.MaxValue)), 96 + random.Next(8, 33), SourceSpan.None))];
    }

    // Within 2000::/3, where the world's addresses are.
    private static IpAddress RandomV6(Random random)
    {
        ulong high = 0x2000_0000_0000_0000 | ((ulong)random.NextInt64() >> 3);
        return new IpAddress(new UInt128(high, 0));
    }
}
