using System;
using System.Collections.Immutable;
using System.Linq;
using CsCheck;
using Rouse.Access.Addresses;
using Rouse.Config.Addresses;
using Rouse.Config.Text;
using static Rouse.Access.Tests.Policies;

namespace Rouse.Access.Tests;

/// <summary>
/// The compiled lists against the naive model. Addresses are drawn from few values, so that they meet the networks often.
/// </summary>
public sealed class ModelTests
{
    private static readonly string[] Names =
        ["a.example", "b.a.example", "c.b.a.example", "example", "x.test", "A.Example", "y.x.TEST"];

    private static readonly Gen<IpAddress> Address = Gen.Select(Gen.Int[0, 5], Gen.UInt, Gen.ULong, (kind, low, high) => kind switch
    {
        0 => IpAddress.FromV4(low),
        1 => IpAddress.FromV4(0x0a000000 | (low & 0x010101)),
        2 => IpAddress.FromV4((low & 1) == 0 ? 0 : uint.MaxValue),
        3 => new IpAddress(new UInt128(0x20010db800000000UL | (high & 0x8000000000000001UL), low & 3)),
        4 => new IpAddress((low & 1) == 0 ? UInt128.Zero : UInt128.MaxValue),
        _ => new IpAddress(new UInt128(high & 0x8000000000000000, low | (high & 0x1_0000_0000UL))),
    });

    private static readonly Gen<AddressPattern> Network = Gen.Select(
        Address,
        Gen.Int[0, 128],
        Gen.OneOf(0, 1, 64, 80, 95, 96, 97, 104, 112, 127, 128),
        Gen.Bool,
        (address, any, round, useRound) => AddressPattern.Network(address, useRound ? round : any, SourceSpan.None));

    private static readonly Gen<AddressPattern> Entry = Gen.Frequency(
        (3, Network),
        (1, Gen.OneOf(Names).Select(n => new AddressPattern(AddressPatternKind.HostName, default, 0, n, SourceSpan.None))),
        (1, Gen.OneOf(Names).Select(n => new AddressPattern(AddressPatternKind.Domain, default, 0, "." + n, SourceSpan.None))));

    private static readonly Gen<ImmutableArray<AddressPattern>> EntryList = Gen.Frequency(
        (1, Gen.Const(default(ImmutableArray<AddressPattern>))),
        (4, Entry.Array[0, 8].Select(entries => entries.ToImmutableArray())));

    [Fact]
    public void A_compiled_set_finds_what_a_walk_over_the_entries_finds()
    {
        Gen.Select(Network.Array[0, 60], Address.Array[1, 20]).Sample(
            (entries, peers) =>
            {
                ImmutableArray<AddressPattern> list = [.. entries];
                AddressSet set = AddressSet.Compile(list);
                foreach (IpAddress peer in peers.Concat(entries.SelectMany(EdgesOf)))
                {
                    Assert.Equal(NaiveModel.Best(list, peer, null)?.Entry ?? -1, set.Match(peer).Entry);
                }
            },
            iter: 10_000);
    }

    [Fact]
    public void A_decision_with_the_name_known_or_not_needed_is_the_models()
    {
        Gen.Select(EntryList, EntryList, Address, Gen.OneOf([.. Names, "nowhere"])).Sample(
            (only, no, peer, name) =>
            {
                AccessPolicy policy = AccessPolicy.Compile(Service(only, no));
                bool expected = NaiveModel.Allowed(only, no, peer, name);
                Assert.Equal(expected, AccessControl.Decide(new AccessRequest(peer, 0, PeerName.Known(name)), policy).Allowed);
                Verdict early = AccessControl.Decide(new AccessRequest(peer, 0, PeerName.NotAsked), policy);
                if (!early.NeedsName)
                {
                    Assert.Equal(expected, early.Allowed);
                }
            },
            iter: 100_000);
    }

    [Fact]
    public void A_name_is_asked_for_only_where_some_name_opens_and_another_closes()
    {
        Gen.Select(EntryList, EntryList, Address).Sample(
            (only, no, peer) =>
            {
                // A name in both lists at once cannot always be had, so the test takes each list's names apart.
                AccessPolicy policy = AccessPolicy.Compile(Service(only, no));
                bool plain = NaiveModel.Allowed(only, no, peer, null);
                ImmutableArray<AddressPattern> noNetworks = no.IsDefault ? no : [.. no.Where(IsNetwork)];
                ImmutableArray<AddressPattern> onlyNetworks = only.IsDefault ? only : [.. only.Where(IsNetwork)];
                bool mayOpen = !plain && NamesOf(only).Any(name => NaiveModel.Allowed(only, noNetworks, peer, name));
                bool mayClose = plain && NamesOf(no).Any(name => !NaiveModel.Allowed(onlyNetworks, no, peer, name));
                Verdict verdict = AccessControl.Decide(new AccessRequest(peer, 0, PeerName.NotAsked), policy);
                Assert.Equal(mayOpen || mayClose, verdict.NeedsName);
            },
            iter: 100_000);
    }

    [Fact]
    public void A_failed_look_up_is_never_better_than_any_name()
    {
        Gen.Select(EntryList, EntryList, Address, Gen.OneOf([.. Names, "nowhere"])).Sample(
            (only, no, peer, name) =>
            {
                AccessPolicy policy = AccessPolicy.Compile(Service(only, no));
                Verdict failed = AccessControl.Decide(new AccessRequest(peer, 0, PeerName.Unknown), policy);
                Assert.False(failed.NeedsName);
                if (failed.Allowed)
                {
                    Assert.True(NaiveModel.Allowed(only, no, peer, name));
                }
            },
            iter: 100_000);
    }

    private static bool IsNetwork(AddressPattern pattern) => pattern.Kind == AddressPatternKind.Network;

    private static string[] NamesOf(ImmutableArray<AddressPattern> list) =>
        list.IsDefault ? [] : [.. list.Where(p => !IsNetwork(p)).Select(p => p.Kind == AddressPatternKind.Domain ? "h" + p.Name : p.Name)];

    private static IpAddress[] EdgesOf(AddressPattern network)
    {
        UInt128 mask = network.PrefixLength == 0 ? UInt128.MaxValue : (UInt128.One << (128 - network.PrefixLength)) - 1;
        UInt128 first = network.Address.Value & ~mask;
        UInt128 last = first | mask;
        return [new(first), new(last), new(unchecked(first - 1)), new(unchecked(last + 1))];
    }
}
