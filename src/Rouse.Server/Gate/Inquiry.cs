using System;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>What became of a question about a connection.</summary>
internal enum InquiryResult
{
    /// <summary>The answer, if only that there is none, is in the visit: judge again.</summary>
    Known,

    /// <summary>The connection waits for it.</summary>
    Waits,

    /// <summary>It cannot be asked, and no answer would be safe.</summary>
    Impossible,
}

/// <summary>Finds out about a connection what the gate must know: from what is known already, or by letting the connection wait.</summary>
internal sealed class Inquiry(Keeper keeper)
{
    /// <summary>How long the rules of tcp_wrappers wait for an identification server (hosts_options(5), rfc931).</summary>
    private const int UserLimitMs = 10_000;

    public InquiryResult FindOut(ref Visit visit, in Judgement judgement)
    {
        if (judgement.AwaitsRules)
        {
            return AwaitRules(visit);
        }

        if (judgement.Need != WrapperNeed.ClientName && visit.Wrappers is null)
        {
            visit = visit with { Wrappers = new WrapperFacts() };
        }

        return judgement.Need switch
        {
            WrapperNeed.ClientName or WrapperNeed.ServerName => FindName(ref visit, judgement.Need),
            WrapperNeed.User => AskUser(visit),
            _ => AskNetgroup(visit, judgement),
        };
    }

    private InquiryResult FindName(ref Visit visit, WrapperNeed whose)
    {
        UInt128 address = whose == WrapperNeed.ClientName ? visit.Peer.Address : keeper.System.LocalAddress(visit.Connection).Address;
        PeerName name = keeper.Names.Recall(address);
        if (name.State == PeerNameState.NotAsked)
        {
            if (keeper.Reception.Pending.Hold(visit) is { } pending)
            {
                if (pending.AskName(whose, address))
                {
                    return InquiryResult.Waits;
                }

                keeper.Reception.Pending.Release(pending);
            }

            if (whose == WrapperNeed.ServerName)
            {
                return InquiryResult.Impossible;
            }

            name = PeerName.Unknown;
            visit = visit with { IsNameOutOfReach = true };
        }

        if (whose == WrapperNeed.ServerName)
        {
            visit.Wrappers!.ServerName = WrapperFacts.NameOf(name);
        }
        else
        {
            visit = visit with { Name = name };
        }

        return InquiryResult.Known;
    }

    private InquiryResult AwaitRules(in Visit visit)
    {
        if (keeper.Reception.Pending.Hold(visit) is { } pending)
        {
            pending.AwaitRules();
            return InquiryResult.Waits;
        }

        return InquiryResult.Impossible;
    }

    private InquiryResult AskUser(in Visit visit)
    {
        if (keeper.Reception.Pending.Hold(visit) is { } pending)
        {
            pending.AskUser(UserLimitMs);
            return InquiryResult.Waits;
        }

        return InquiryResult.Impossible;
    }

    private InquiryResult AskNetgroup(in Visit visit, in Judgement judgement)
    {
        string host = judgement.Need == WrapperNeed.ClientNetgroup ? visit.Name.Text : visit.Wrappers!.ServerName.Text;
        if (keeper.Reception.Pending.Hold(visit) is not { } pending)
        {
            return InquiryResult.Impossible;
        }

        if (pending.AskNetgroup(judgement.Need, judgement.Netgroup!, host))
        {
            return InquiryResult.Waits;
        }

        keeper.Reception.Pending.Release(pending);
        return InquiryResult.Impossible;
    }
}
