using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using CsCheck;
using Rouse.Access.Doctor;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Tests;
using Rouse.Config.Tests.Doctor;
using static Rouse.Access.Tests.Policies;

namespace Rouse.Access.Tests.Doctor;

/// <summary>What the doctor says of random lists, held against the decisions themselves.</summary>
public sealed class ListModelTests
{
    // Few networks, near each other, so that they often lie within one another; some of IPv6, and both "everybody".
    private static readonly Gen<string> Word = Gen.Frequency(
        (8, Gen.Select(Gen.Int[0, 3], Gen.OneOf(8, 14, 15, 16, 23, 24, 31, 32), (n, bits) => $"10.{n}.{n & 1}.0/{bits}")),
        (2, Gen.Select(Gen.Int[0, 1], Gen.OneOf(31, 32, 128), (n, bits) => $"2001:db8:{n}::/{bits}")),
        (1, Gen.OneOf("0.0.0.0/0", "::/0", "::ffff:0:0/90", ".example", "host.example")));

    private static readonly Gen<string[]> Words = Word.Array[0, 6];

    private static readonly PeerName[] Names = [PeerName.Unknown, PeerName.Known("host.example"), PeerName.Known("x.example"), PeerName.Known("y")];

    [Fact]
    public void Without_the_entries_that_do_nothing_everybody_fares_alike() => Gen.Select(Words, Words, Gen.Bool).Sample(
        (only, no, hasOnly) =>
        {
            string text = Loaded.Service($"{(hasOnly && only.Length > 0 ? "only_from = " + string.Join(' ', only) : "")}\nno_access = {string.Join(' ', no)}");
            (Configuration configuration, List<Diagnostic> found) = Diagnose(text);
            ServiceDefinition service = configuration.Services.Single();

            // Of an entry that is there twice, one place is told.
            HashSet<int> idle = [.. found.Where(f => f.Code is Codes.ListEntryCovered or Codes.ListEntryOutside && !IsRest(f)).Select(f => f.Span.Start)];
            AccessPolicy before = AccessPolicy.Compile(service);
            AccessPolicy after = AccessPolicy.Compile(service with
            {
                OnlyFrom = Without(service.OnlyFrom, idle),
                NoAccess = Without(service.NoAccess, idle),
            });
            foreach (IpAddress peer in Edges(service))
            {
                foreach (PeerName name in Names)
                {
                    AccessRequest request = new(peer, 0, name);
                    Assert.Equal(AccessControl.DecideAddress(request, before).Allowed, AccessControl.DecideAddress(request, after).Allowed);
                }
            }
        },
        iter: 5_000);

    [Fact]
    public void Nobody_is_let_in_exactly_where_the_doctor_says_so() => Gen.Select(Words, Words).Sample(
        (only, no) =>
        {
            only = [.. only.Where(word => word[^1] != 'e')];
            if (only.Length == 0)
            {
                return;
            }

            (Configuration configuration, List<Diagnostic> found) = Diagnose(
                Loaded.Service($"only_from = {string.Join(' ', only)}\nno_access = {string.Join(' ', no)}"));
            ServiceDefinition service = configuration.Services.Single();
            AccessPolicy policy = AccessPolicy.Compile(service);
            bool somebody = Edges(service).Any(
                peer => AccessControl.DecideAddress(new AccessRequest(peer, 0, PeerName.Known("y")), policy).Allowed);

            // Names in no_access can only turn away: of some who have one the doctor does not say what their address alone allows.
            Assert.Equal(!somebody, found.Any(f => f.Code == Codes.NobodyAdmitted));
        },
        iter: 5_000);

    [Fact]
    public void A_list_of_100000_networks_is_looked_through_by_sweeping_and_not_by_pairs()
    {
        TimeSpan Took(int count)
        {
            StringBuilder text = new("only_from = 10.0.0.0/8 172.16.0.0/12\nno_access =");
            for (int i = 0; i < count; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $" {10 + (i >> 16 & 1)}.{(i >> 8) & 255}.{i & 255}.{i % 250}/32");
            }

            MemoryHost host = new();
            Configuration configuration = Loaded.From(Loaded.Service(text.ToString()), host);
            long start = Stopwatch.GetTimestamp();
            Diagnosis.Of(configuration, host, new MemoryDoctor());
            return Stopwatch.GetElapsedTime(start);
        }

        Took(1000);

        // By pairs it would be 10,000 million comparisons, which take minutes; a busy machine does not make minutes of a second.
        Assert.InRange(Took(100_000), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static (Configuration Configuration, List<Diagnostic> Found) Diagnose(string text)
    {
        MemoryHost host = new();
        host.Names["host.example"] = [Ip("192.0.2.77")];
        Configuration configuration = Loaded.From(text, host);
        Assert.DoesNotContain(configuration.Diagnostics, found => found.Severity == Severity.Error);
        return (configuration, [.. Diagnosis.Of(configuration, host, new MemoryDoctor()).Diagnostics]);
    }

    private static bool IsRest(Diagnostic found) => found.Message.Contains("more such entries", StringComparison.Ordinal);

    private static ImmutableArray<AddressPattern> Without(ImmutableArray<AddressPattern> list, HashSet<int> idle) =>
        list.IsDefault ? list : list.RemoveAll(pattern => idle.Contains(pattern.Span.Start));

    // The first and the last address of each network and their neighbours: everybody else fares as one of them.
    private static List<IpAddress> Edges(ServiceDefinition service)
    {
        List<IpAddress> edges = [Ip("0.0.0.0"), Ip("255.255.255.255"), Ip("::"), new IpAddress(UInt128.MaxValue)];
        foreach (AddressPattern pattern in (IEnumerable<AddressPattern>)[.. service.OnlyFrom.IsDefault ? [] : service.OnlyFrom, .. service.NoAccess])
        {
            if (pattern.Kind == AddressPatternKind.Network)
            {
                UInt128 host = pattern.PrefixLength == 0 ? UInt128.MaxValue : (UInt128.One << (128 - pattern.PrefixLength)) - 1;
                UInt128 first = pattern.Address.Value & ~host;
                edges.AddRange([new(first), new(first | host), new(first - 1), new((first | host) + 1)]);
            }
        }

        return edges;
    }
}
