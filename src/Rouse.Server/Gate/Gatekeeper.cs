using System;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Names;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>
/// The gate: everything that is asked before a server is made, in the original's order of reasons (cps, load, time, instances, per_source,
/// the limit of all servers, then sensors, the address, and the rules of tcp_wrappers). A peer that it turns away gets one FAIL line and costs no process.
/// Differs from xinetd: D-002 (there the address is judged in the child, after START was logged).
/// </summary>
internal sealed class Gatekeeper(EventLoop loop, LogClock clock, DaemonLog log, PeerNames names, WrapperQuestion wrappers)
{
    // Of a line about it; a longer one is cut.
    private const int MostIdBytes = 512;

    private double _load;
    private long _loadReadAtUnix;

    /// <summary>-limit: servers of all services together.</summary>
    public int ProcessLimit { get; set; } = int.MaxValue;

    /// <summary>Live servers of all services, and connections that are passed on to servers elsewhere.</summary>
    public int Processes { get; set; }

    /// <summary>
    /// Processes that have no connection: parked servers, those that are being started to be parked, those that were let go and have not ended.
    /// </summary>
    public int ParkedProcesses { get; private set; }

    /// <summary>One process more would be more than -limit, unless one that has no connection goes.</summary>
    public bool IsCrowded => Processes + ParkedProcesses >= ProcessLimit;

    /// <summary>Lets a parked server go. Set by whoever parks some.</summary>
    public Action? Disperse { get; set; }

    /// <summary>There is a place again for a server that is started beforehand.</summary>
    public Action? PlaceFreed { get; set; }

    /// <summary>The question to the rules of tcp_wrappers.</summary>
    public WrapperQuestion Wrappers => wrappers;

    /// <summary>Who is turned away everywhere, because of a SENSOR.</summary>
    public SensorList Sensors { get; } = new(loop, log);

    /// <summary>May this peer's connection be served now?</summary>
    public Judgement Judge(in Visit visit)
    {
        Service service = visit.Service;
        CpsLimit cps = service.Definition.Cps;
        if (cps.Rate > 0 && service.Cps.Add(loop.NowMs, cps.Rate))
        {
            return Judgement.Refused(RefusalReason.ConnectionsPerSecond);
        }

        if (service.Definition.Starts is { } starts && service.StartWindow.Add(loop.NowMs, starts.Most))
        {
            return Judgement.Refused(RefusalReason.StartsPerMinute);
        }

        return service.SourceRates is { } rates && visit.Peer.HasIp && rates.Add(visit.Peer.Address, loop.NowMs, service.Definition.PerSourcePerMinute ?? int.MaxValue)
            ? Judgement.Refused(RefusalReason.SourceRate)
            : JudgeAgain(visit);
    }

    /// <summary>
    /// The same for a connection that waited: everything may have changed meanwhile, so that everything is asked again, except that it is
    /// not counted a second time for cps.
    /// </summary>
    public Judgement JudgeAgain(in Visit visit)
    {
        Service service = visit.Service;
        ServiceDefinition definition = service.Definition;
        if (IsOverloaded(definition))
        {
            return Judgement.Refused(RefusalReason.Load);
        }

        clock.Read(loop.NowUnix);
        Verdict time = AccessControl.DecideTime(clock.Local.MinuteOfDay, service.Policy);
        if (!time.Allowed)
        {
            return Judgement.Refused(time.Reason);
        }

        RefusalReason full = service.Occupancy.Check(definition, visit.Peer);
        if (full != RefusalReason.None)
        {
            return Judgement.Refused(full);
        }

        if (HasTooManyProcesses(service))
        {
            return Judgement.Refused(RefusalReason.ProcessLimit);
        }

        return JudgeAddress(visit);
    }

    /// <summary>The same for a datagram, or for a socket whose peer is not known. A sender's name counts as far as it is known already.</summary>
    public Judgement JudgeDatagram(Service service, in SocketAddress peer)
    {
        Visit visit = new(service, Fd.None, peer);
        Judgement judgement = Judge(visit);
        return judgement.NeedsName ? JudgeAddress(visit with { Name = names.Recall(peer.Address) }) : judgement;
    }

    /// <summary>The same for a datagram whose sender's name was asked for.</summary>
    public Judgement JudgeDatagramAgain(Service service, in SocketAddress peer, in PeerName name) =>
        JudgeAgain(new Visit(service, Fd.None, peer) { Name = name });

    /// <summary>The same where its sender's name cannot be asked for.</summary>
    public Judgement JudgeUnnamed(Service service, in SocketAddress peer) =>
        JudgeAddress(new Visit(service, Fd.None, peer) { Name = PeerName.Unknown, IsNameOutOfReach = true });

    /// <summary>
    /// The last questions, for themselves: may this address come in, with what is known of its name? A name that was asked for always decides
    /// about the lists.
    /// </summary>
    public Judgement JudgeAddress(in Visit visit)
    {
        Service service = visit.Service;
        SocketAddress peer = visit.Peer;
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
        Verdict verdict = AccessControl.DecideAddress(new AccessRequest(address, clock.Local.MinuteOfDay, visit.Name), service.Policy);
        if (verdict.NeedsName)
        {
            return Judgement.AskName;
        }

        if (verdict.By == DecidedBy.EqualMatch)
        {
            Span<byte> text = stackalloc byte[LogLine.Capacity];
            int length = AccessControl.FormatEqualMatch(text, service.IdBytes.AsSpan(0, Math.Min(service.IdBytes.Length, MostIdBytes)), address!.Value, peer.Family == AddressFamily.IPv6);
            log.Error(Config.Text.SourceFile.Decode(text[..length]));
        }

        if (!verdict.Allowed)
        {
            return Judgement.Refused(verdict.Reason);
        }

        return service.AsksWrappers && !wrappers.IsAsleep ? wrappers.Judge(visit) : Judgement.Allowed;
    }

    /// <summary>max_load.</summary>
    public bool IsOverloaded(ServiceDefinition definition) => definition.MaxLoad is { } maxLoad && Load() >= maxLoad;

    /// <summary>-limit.</summary>
    public bool HasTooManyProcesses(Service service) => Processes >= ProcessLimit && service.TakesServers && !service.HasServerForAll;

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

    /// <summary>
    /// A process is about to be started for somebody, or a connection passed on. Parked servers never turn anybody away: they give way.
    /// </summary>
    public void MakeRoom()
    {
        if (IsCrowded)
        {
            Disperse?.Invoke();
        }
    }

    /// <summary>A server has ended, or a connection that was passed on.</summary>
    public void GiveBackPlace()
    {
        Processes--;
        TellFreed();
    }

    /// <summary>There are so many <see cref="ParkedProcesses"/> now.</summary>
    public void CountParked(int count)
    {
        bool isOneLess = count < ParkedProcesses;
        ParkedProcesses = count;
        if (isOneLess)
        {
            TellFreed();
        }
    }

    // At the step over the limit alone: who was held back by it need be told once.
    private void TellFreed()
    {
        if (Processes + ParkedProcesses == ProcessLimit - 1)
        {
            PlaceFreed?.Invoke();
        }
    }

    /// <summary>The load of the last minute. getloadavg opens a file: once a second is often enough.</summary>
    public double Load()
    {
        if (_loadReadAtUnix != loop.NowUnix)
        {
            _load = loop.System.LoadAverage;
            _loadReadAtUnix = loop.NowUnix;
        }

        return _load;
    }
}
