using System;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Names;

namespace Rouse.Server.Gate;

/// <summary>
/// The gate: everything that is asked before a server is made, in the original's order of reasons (cps, load, time, instances, per_source,
/// the limit of all servers, then sensors and the address). A peer that it turns away gets one FAIL line and costs no process.
/// Differs from xinetd: D-002 (there the address is judged in the child, after START was logged).
/// </summary>
internal sealed class Gatekeeper(EventLoop loop, LogClock clock, DaemonLog log, PeerNames names)
{
    private double _load;
    private long _loadReadAtUnix;

    /// <summary>-limit: servers of all services together.</summary>
    public int ProcessLimit { get; set; } = int.MaxValue;

    /// <summary>Live servers of all services, and connections that are passed on to servers elsewhere.</summary>
    public int Processes { get; set; }

    /// <summary>Who is turned away everywhere, because of a SENSOR.</summary>
    public SensorList Sensors { get; } = new(loop, log);

    /// <summary>May this peer's connection be served now?</summary>
    public Judgement Judge(Service service, in SocketAddress peer)
    {
        CpsLimit cps = service.Definition.Cps;
        if (cps.Rate > 0 && service.Cps.Add(loop.NowMs, cps.Rate))
        {
            return Judgement.Refused(RefusalReason.ConnectionsPerSecond);
        }

        if (service.Definition.Starts is { } starts && service.StartWindow.Add(loop.NowMs, starts.Most))
        {
            return Judgement.Refused(RefusalReason.StartsPerMinute);
        }

        return service.SourceRates is { } rates && peer.HasIp && rates.Add(peer.Address, loop.NowMs, service.Definition.PerSourcePerMinute ?? int.MaxValue)
            ? Judgement.Refused(RefusalReason.SourceRate)
            : JudgeAgain(service, peer, PeerName.NotAsked);
    }

    /// <summary>
    /// The same for a connection that waited: everything may have changed meanwhile, so that everything is asked again, except that it is
    /// not counted a second time for cps.
    /// </summary>
    public Judgement JudgeAgain(Service service, in SocketAddress peer, in PeerName name)
    {
        ServiceDefinition definition = service.Definition;
        if (definition.MaxLoad is { } maxLoad && Load() >= maxLoad)
        {
            return Judgement.Refused(RefusalReason.Load);
        }

        clock.Read(loop.NowUnix);
        Verdict time = AccessControl.DecideTime(clock.Local.MinuteOfDay, service.Policy);
        if (!time.Allowed)
        {
            return Judgement.Refused(time.Reason);
        }

        RefusalReason full = service.Occupancy.Check(definition, peer);
        if (full != RefusalReason.None)
        {
            return Judgement.Refused(full);
        }

        if (service.TakesServers && Processes >= ProcessLimit)
        {
            return Judgement.Refused(RefusalReason.ProcessLimit);
        }

        return JudgeAddress(service, peer, name);
    }

    /// <summary>The same for a datagram, or for a socket whose peer is not known. A sender's name counts as far as it is known already.</summary>
    public Judgement JudgeDatagram(Service service, in SocketAddress peer)
    {
        Judgement judgement = Judge(service, peer);
        return judgement.NeedsName ? JudgeAddress(service, peer, names.Recall(peer.Address)) : judgement;
    }

    /// <summary>
    /// The last question, for itself: may this address come in, with what is known of its name? A name that is known or
    /// <see cref="PeerName.Unknown"/> always decides.
    /// </summary>
    public Judgement JudgeAddress(Service service, in SocketAddress peer, in PeerName name)
    {
        if (!JudgeSensors(service, peer))
        {
            return Judgement.Refused(RefusalReason.Address);
        }

        // Nobody at a UNIX socket has an address: a rule that cannot be asked lets nobody in.
        if ((peer.Family == AddressFamily.Unix || service.Definition.Local is not null) && service.Policy.HasAddressRules)
        {
            return Judgement.Refused(RefusalReason.Address);
        }

        IpAddress? address = peer.HasIp ? new IpAddress(peer.Address) : null;
        Verdict verdict = AccessControl.DecideAddress(new AccessRequest(address, clock.Local.MinuteOfDay, name), service.Policy);
        if (verdict.NeedsName)
        {
            return Judgement.AskName;
        }

        if (verdict.By == DecidedBy.EqualMatch)
        {
            Span<byte> text = stackalloc byte[LogLine.Capacity];
            int length = AccessControl.FormatEqualMatch(text, service.IdBytes, address!.Value, peer.Family == AddressFamily.IPv6);
            log.Error(Config.Text.SourceFile.Decode(text[..length]));
        }

        return verdict.Allowed ? Judgement.Allowed : Judgement.Refused(verdict.Reason);
    }

    // A sensor serves nobody, and asks before its own lists, as in the original: whoever comes has touched it.
    private bool JudgeSensors(Service service, in SocketAddress peer)
    {
        if (service.Definition.BuiltIn != BuiltInService.Sensor)
        {
            return !Sensors.ShutsOut(peer);
        }

        // Differs from xinetd: D-042. Anybody can put another's address on a datagram, and have that peer shut out.
        if (!service.IsDatagram)
        {
            Sensors.Touch(peer, service.Definition.DenyTime);
        }

        return false;
    }

    // getloadavg opens a file: once a second is often enough for an average over a minute.
    private double Load()
    {
        if (_loadReadAtUnix != loop.NowUnix)
        {
            _load = loop.System.LoadAverage;
            _loadReadAtUnix = loop.NowUnix;
        }

        return _load;
    }
}
