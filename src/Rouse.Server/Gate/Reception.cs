using System;
using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Identity;
using Rouse.Server.Listening;
using Rouse.Server.Logging;

namespace Rouse.Server.Gate;

/// <summary>
/// The way of an accepted connection to its handler, in the original's order: banner, the gate's judgement, the options of a rule of
/// tcp_wrappers, banner_success or banner_fail, the peer's user (USERID, IDONLY). Who waits for nothing passes through in one go, without an allocation. Who must wait for
/// a name or a user waits alone (<see cref="PendingConnection"/>) and is judged again when the answer comes, by the rules of that moment.
/// </summary>
internal sealed class Reception(Keeper keeper, int mostPending)
{
    private readonly Banners _banners = new(keeper.System, keeper.Log);
    private readonly Inquiry _inquiry = new(keeper);
    private readonly EndNames _endNames = new(keeper);
    private readonly BurstNotice _identityNotice = new(keeper.Log);

    /// <summary>The connections that wait.</summary>
    public PendingConnections Pending { get; } = new(keeper, mostPending);

    /// <summary>A new connection of a service: it is served, or turned away and closed, now or when what it waits for has come.</summary>
    public void Receive(Service service, Fd connection, in SocketAddress peer)
    {
        if (service.Definition.Banner.Length > 0)
        {
            _banners.Show(connection, service.Definition.Banner, service.Definition.Id);
        }

        Admit(service, connection, peer);
    }

    /// <summary>The same without the banner, for a connection that has come in through another service.</summary>
    public void Admit(Service service, Fd connection, in SocketAddress peer) =>
        Admit(new Visit(service, connection, peer));

    /// <summary>What a connection waited for has come.</summary>
    public void Resume(in Visit visit) => Admit(visit, keeper.Gate.JudgeAgain(visit));

    /// <summary>The user behind a connection is known, or will not be.</summary>
    public void Identified(in Visit visit, IdentOutcome outcome, ReadOnlySpan<byte> identity)
    {
        Service service = visit.Service;
        if (outcome == IdentOutcome.Known)
        {
            service.Log.UserId(identity, keeper.Loop.NowUnix);
        }
        else
        {
            TellNobodyIdentified(visit, outcome);
        }

        if (visit.IsRefused)
        {
            Close(visit);
        }
        else if (outcome != IdentOutcome.Known && service.Identification.IsRequired)
        {
            service.Log.NoId(outcome.LogText(), visit.Peer, keeper.Loop.NowUnix);
            Close(visit);
        }
        else
        {
            Resume(visit);
        }
    }

    private void Admit(in Visit visit) => Admit(visit, keeper.Gate.Judge(visit));

    private void Admit(Visit visit, Judgement judgement)
    {
        while (judgement.IsOpen)
        {
            switch (_inquiry.FindOut(ref visit, judgement))
            {
                case InquiryResult.Waits:
                    return;
                case InquiryResult.Impossible:
                    TurnAway(visit, RefusalReason.Libwrap);
                    return;
                default:
                    judgement = keeper.Gate.JudgeAddress(visit);
                    break;
            }
        }

        if (judgement.Rule is { } rule)
        {
            keeper.Options.Begin(visit, rule, judgement.Rules!);
        }
        else if (judgement.IsAllowed)
        {
            Welcome(visit);
        }
        else
        {
            TurnAway(visit, judgement.Reason);
        }
    }

    private bool AwaitIdentity(in Visit visit)
    {
        PendingConnection? pending = Pending.Hold(visit);
        pending?.AskIdentity();
        return pending is not null;
    }

    private void Welcome(Visit visit)
    {
        Service service = visit.Service;
        if (service.Definition.BannerSuccess.Length > 0 && !visit.IsWelcomed)
        {
            _banners.Show(visit.Connection, service.Definition.BannerSuccess, service.Definition.Id);
        }

        if (!visit.IsWelcomed)
        {
            RuleTeller.Passed(service, visit.Peer);
        }

        visit = visit with { IsWelcomed = true };
        if (!service.Identification.AsksServed || visit.IsIdentified)
        {
            if (!keeper.Settings.TellsNames || !_endNames.Await(visit))
            {
                Serve(visit);
            }
        }
        else if (!AwaitIdentity(visit))
        {
            Identified(visit with { IsIdentified = true }, IdentOutcome.NotAsked, default);
        }
    }

    /// <summary>The connection is refused and closed, at once or when its user has been asked for.</summary>
    public void TurnAway(in Visit visit, RefusalReason reason)
    {
        Service service = visit.Service;
        if (service.Definition.BannerFail.Length > 0)
        {
            _banners.Show(visit.Connection, service.Definition.BannerFail, service.Definition.Id);
        }

        if (service.Identification.AsksRefused && !visit.IsIdentified)
        {
            // The peer's host knows whose connection it is only as long as that is open.
            service.Refuse(reason, visit.Peer);
            if (!AwaitIdentity(visit with { IsRefused = true }))
            {
                Close(visit);
            }

            return;
        }

        Close(visit);
        service.Refuse(reason, visit.Peer);
    }

    private void Serve(in Visit visit)
    {
        if (visit.HasWaited)
        {
            // It was accepted for the service as that was then: a server waits on its connection, the daemon never does.
            keeper.System.SetBlocking(visit.Connection, !visit.Service.KeepsConnections);
        }

        if (visit.Wrappers?.Changes is { } changes && visit.Service.SpawnsServers)
        {
            keeper.Options.Serve(visit, changes);
        }
        else
        {
            visit.Service.Handler!.Serve(visit.Service, visit.Connection, visit.Peer);
        }
    }

    private void Close(in Visit visit)
    {
        ServiceDefinition definition = visit.Service.Definition;
        if (definition.Banner.Length > 0 || definition.BannerFail.Length > 0 || visit.IsWelcomed)
        {
            // Closing with unread bytes would reset the connection, and the peer could lose the banner.
            keeper.System.Drain(visit.Connection);
        }

        keeper.System.Close(visit.Connection);
    }

    private void TellNobodyIdentified(in Visit visit, IdentOutcome outcome)
    {
        Span<byte> text = stackalloc byte[LogLine.PeerRoom];
        int length = LogLine.FormatPeer(visit.Peer, text);
        _identityNotice.Report(
            keeper.Loop.NowMs,
            $"Failed to contact identity server at {Config.Text.SourceFile.Decode(text[..length])}: {Config.Text.SourceFile.Decode(outcome.LogText())}");
    }
}
