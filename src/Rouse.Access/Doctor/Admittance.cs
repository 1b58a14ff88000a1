using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Doctor;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Access.Doctor;

/// <summary>
/// Services that let in nobody at all, and those behind a port multiplexer that keeps their peers out. The lists' ends cut all addresses
/// into ranges in which every address fares alike, so that <see cref="AccessControl"/> itself is asked about one address of each.
/// </summary>
internal static class Admittance
{
    public static void Look(Examination e)
    {
        AddressSetPool pool = new();
        HashSet<(AccessLists, bool, bool)> admitsSomebody = [];
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            AccessLists lists = AccessLists.Of(service);
            if (lists.OnlyFrom.IsDefault || !AccessLists.AreAsked(service))
            {
                continue;
            }

            (bool v4, bool v6) = service.Families();
            if (lists.OnlyFrom.IsEmpty)
            {
                TellEmpty(e, service);
            }
            else if (!AccessLists.Has(lists.OnlyFrom, AddressPatternKind.HostName) && !AccessLists.Has(lists.OnlyFrom, AddressPatternKind.Domain)
                && !admitsSomebody.Contains((lists, v4, v6)))
            {
                if (AdmitsAnybody(AccessPolicy.Compile(service, pool), lists, v4, v6))
                {
                    admitsSomebody.Add((lists, v4, v6));
                }
                else if (!lists.NoAccess.IsDefaultOrEmpty || e.Places.Of(service, "only_from") is null)
                {
                    // Otherwise each of its entries is told to be of the wrong family.
                    TellNobody(e, service, lists);
                }
            }

            if (service.IsMultiplexed && e.Places.Of(service, "only_from") is not null && !lists.HaveNames)
            {
                LookAtMultiplexers(e, service, lists, pool);
            }
        }
    }

    private static bool AdmitsAnybody(AccessPolicy policy, AccessLists lists, bool v4, bool v6)
    {
        foreach (UInt128 address in OneOfEachRange(lists.OnlyFrom, lists.NoAccess))
        {
            IpAddress peer = new(address);
            if ((peer.IsV4 ? v4 : v6) && Admits(policy, peer))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Somebody of the service's own only_from is turned away by every multiplexer.</summary>
    private static void LookAtMultiplexers(Examination e, ServiceDefinition service, AccessLists lists, AddressSetPool pool)
    {
        List<AccessPolicy> policies = [];
        List<ImmutableArray<AddressPattern>> ends = [lists.OnlyFrom, lists.NoAccess];
        foreach (ServiceDefinition multiplexer in e.Multiplexers)
        {
            AccessLists others = AccessLists.Of(multiplexer);
            if (others.HaveNames || others.AreEmpty)
            {
                return;
            }

            policies.Add(AccessPolicy.Compile(multiplexer, pool));
            ends.Add(others.OnlyFrom);
            ends.Add(others.NoAccess);
        }

        AccessPolicy own = AccessPolicy.Compile(service, pool);
        foreach (UInt128 address in policies.Count == 0 ? [] : OneOfEachRange([.. ends]))
        {
            IpAddress peer = new(address);
            Verdict verdict = AccessControl.DecideAddress(new AccessRequest(peer, 0, PeerName.NotAsked), own);
            if (verdict.Allowed && e.Places.IsOwn(service, verdict.Rule) && !policies.Exists(policy => Admits(policy, peer)))
            {
                e.Warn(
                    Codes.MultiplexerNarrower,
                    verdict.Rule,
                    $"{Network.Word(verdict.Rule)} may use service {Quoted.Of(service.Id)}, but the port multiplexer turns {peer} away before it can "
                        + "ask for it. Let these peers in there too.");
                return;
            }
        }
    }

    // In no_access a name can only turn away: the address alone decides who may come in at best.
    private static bool Admits(AccessPolicy policy, IpAddress peer)
    {
        Verdict verdict = AccessControl.DecideAddress(new AccessRequest(peer, 0, PeerName.NotAsked), policy);
        return verdict.Allowed || verdict.NeedsName;
    }

    private static List<UInt128> OneOfEachRange(params ReadOnlySpan<ImmutableArray<AddressPattern>> lists)
    {
        List<UInt128> starts = [0, Network.V4First, Network.V4Last + 1];
        foreach (ImmutableArray<AddressPattern> list in lists)
        {
            foreach (AddressPattern pattern in list.IsDefault ? [] : list)
            {
                if (pattern.Kind == AddressPatternKind.Network)
                {
                    Network network = Network.Of(pattern);
                    starts.Add(network.First);
                    starts.Add(network.Last + 1);
                }
            }
        }

        return starts;
    }

    private static void TellEmpty(Examination e, ServiceDefinition service) => e.Note(
        Codes.NobodyAdmitted,
        e.PlaceOf(service, "only_from"),
        $"only_from is empty, so that service {Quoted.Of(service.Id)} listens and lets nobody in. Write disable = yes if nobody should come.");

    private static void TellNobody(Examination e, ServiceDefinition service, AccessLists lists)
    {
        (bool v4, bool v6) = service.Families();
        string why = lists.NoAccess.IsDefaultOrEmpty
            ? $"its socket hears {(v4 ? "IPv4" : "IPv6")} peers only, and only_from has none of them"
            : "whom only_from names, no_access refuses: an entry there that is as narrow or narrower decides"
                + (v4 && v6 ? "" : $" (the socket hears {(v4 ? "IPv4" : "IPv6")} peers only)");
        SourceSpan place = e.Places.Of(service, "only_from") ?? e.Places.Of(service, "no_access") ?? service.Span;
        e.Warn(
            Codes.NobodyAdmitted,
            place,
            $"nobody can use service {Quoted.Of(service.Id)}: {why}. Correct the lists, or write disable = yes.");
    }
}
