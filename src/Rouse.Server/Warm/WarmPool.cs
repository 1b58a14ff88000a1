using System;
using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>
/// The parked servers of one service: how many there should be, one more when one is taken, none while nobody comes, none that has become
/// stale. Everything here is on the loop's thread; servers are started by <see cref="Parker"/>, one at a time.
/// </summary>
internal sealed partial class WarmPool
{
    private const long OldestMs = 60 * 60 * 1000;
    private const int DefaultIdleSeconds = 600;
    private const int MostMisfits = 8;

    // The server that has just got its connection waits for this thread's processor: the next one is started when it has had its turn.
    private const long AfterHandOverMs = 2;
    private const long HeldBackMs = 1000;

    private readonly WarmRoom _room;
    private readonly Service _service;
    private readonly List<WarmInstance> _parked = [];
    private readonly LoopTimer _refill;
    private readonly LoopTimer _ageing;
    private readonly LoopTimer _idling;
    private ArrivalRate _arrivals;
    private Dependencies? _dependencies;
    private ServerSpec _spec;
    private SocketAddress _guess;
    private int _generation;
    private bool _isStarting;
    private bool _isOpen;
    private double _startupMs;
    private int _misfits;

    public WarmPool(WarmRoom room, Service service)
    {
        _room = room;
        _service = service;
        _spec = service.Image!.Spec;
        _refill = new LoopTimer(Refill);
        _ageing = new LoopTimer(Age);
        _idling = new LoopTimer(Idle);
        _notice = new StateNotice(room.Loop, room.Log);
        _faultNotice = new StateNotice(room.Loop, room.Log);
        _endNotice = new StateNotice(room.Loop, room.Log);
    }

    public EventLoop Loop => _room.Loop;

    public IReadOnlyList<WarmInstance> Parked => _parked;

    private StartMode Mode => _service.Definition.Start;

    private bool IsShared => Mode.Kind == StartKind.WarmShared;

    private bool IsAuto => Mode.Count is null && !IsShared;

    private long IdleMs => (Mode.IdleTimeoutSeconds ?? DefaultIdleSeconds) * 1000L;

    private bool IsIdle => Mode.IdleTimeoutSeconds is not null && Loop.NowMs - (_arrivals.LastMs ?? long.MinValue / 2) >= IdleMs;

    private int Target => IsShared ? (IsWorn ? 2 : 1)
        : Mode.Count ?? PoolSize.For(_arrivals.At(Loop.NowMs), _startupMs, IsIdle || _arrivals.LastMs is null);

    /// <summary>The service listens: what is always to be parked is started.</summary>
    public void Open()
    {
        _isOpen = true;
        _room.SetOpen(this, true);
        if (!IsAuto)
        {
            Loop.Set(_refill, 0);
        }
    }

    /// <summary>The service is closed, the daemon ends, or nothing is to be started beforehand any more: nothing stays parked.</summary>
    /// <param name="why">For the log.</param>
    public void Close(string why)
    {
        _isOpen = false;
        _room.SetOpen(this, false);
        _refill.Cancel();
        _idling.Cancel();
        RetireAll(why);
    }

    /// <summary>The service has another definition: what was started by the old one is not for the new one's connections.</summary>
    public void Adjust(ServerSpec spec, bool sameStart)
    {
        // Whoever reloads may have mended what stood against it.
        if (sameStart && State != WarmState.Off && ServerSpecs.AreAlike(spec, _spec))
        {
            return;
        }

        _room.Reconsider();
        RetireAll("its definition has changed");
        _spec = spec;
        _arrivals = default;
        _misfits = 0;
        _idling.Cancel();
        ClearFaults();
        _isHeldBackTold = false;
        Enter(WarmState.Sleeping, "");
        if (_isOpen)
        {
            Open();
        }
    }

    /// <summary>
    /// Gives a connection to a parked server; the descriptor is then no longer the caller's. False: it is to be served cold.
    /// </summary>
    public bool TryServe(Fd connection, in SocketAddress peer)
    {
        _arrivals.Count(Loop.NowMs);
        _dependencies?.Look();
        SocketAddress local = Loop.System.LocalAddress(connection);
        bool isServed = IsShared ? TryClone(connection, peer, local) : TryClaim(connection, peer, local);
        _hits += isServed ? 1 : 0;
        _misses += isServed ? 0 : 1;
        _guess = local;
        if (!_refill.IsSet && !IsPausing)
        {
            Loop.Set(_refill, isServed ? AfterHandOverMs : 0);
        }

        return isServed;
    }

    private bool TryClaim(Fd connection, in SocketAddress peer, in SocketAddress local)
    {
        for (int i = _parked.Count - 1; i >= 0; i--)
        {
            WarmInstance instance = _parked[i];
            if (!instance.Server.Foresight.Fits(local))
            {
                continue;
            }

            _parked.RemoveAt(i);
            if (!instance.Server.Foresight.Fulfil(Loop.System, connection))
            {
                Discard(instance);
                TellEnded(1, "what it had set on its socket cannot be set on this connection");
                return false;
            }

            if (instance.Claim(connection, peer))
            {
                _room.Launcher.Started(_service, instance.Server.Pid, peer);
                _room.Leave(instance);
                return true;
            }

            Discard(instance);
            TellEnded(1, "it had died when a connection came");
        }

        GiveUpMisfit();
        return false;
    }

    // Connections come to another address than what is parked was told: one gives way to one that is told this address.
    private void GiveUpMisfit()
    {
        if (_parked.Count > 0)
        {
            _misfits++;
            EndOldest();
            TellEnded(1, "connections come to another address than it was told");
        }
    }

    private void EndOldest()
    {
        WarmInstance oldest = _parked[0];
        _parked.RemoveAt(0);
        Discard(oldest);
    }

    /// <summary>-limit: a parked server, of which there must be one, is ended for one that is needed now.</summary>
    public void GiveWay()
    {
        EndOldest();
        HoldBack();
    }

    /// <summary>
    /// There is a place for a server. It is not taken at once: where connections come and go at the limit, servers would be started to be ended unused.
    /// </summary>
    public void RefillLater()
    {
        if (_isHeldBack && !_refill.IsSet)
        {
            Loop.Set(_refill, HeldBackMs);
        }
    }

    /// <summary>A server that was given this connection has died before it took it.</summary>
    public void NotTaken(Fd connection, in SocketAddress peer)
    {
        _untaken++;
        TellEnded(1, "it died before it took its connection, which is served by another one");
        _room.Launcher.Launch(_service, connection, peer);
        Loop.System.Close(connection);
    }

    /// <summary>A parked server is of no use any more.</summary>
    /// <param name="why">What it has done.</param>
    public void Lost(WarmInstance instance, string why)
    {
        _parked.Remove(instance);
        Discard(instance);
        TellEnded(1, "it " + why);
        CountFault("a parked server " + why);
        RefillSoon();
    }

    private void Refill()
    {
        _isHeldBack = false;
        if (!_isOpen || _isStarting || IsPausing || _state == WarmState.Off || _room.IsDenied || _parked.Count >= Target)
        {
            return;
        }

        if (_room.IsCrowded)
        {
            HoldBack();
            return;
        }

        _dependencies ??= Dependencies.Open(Loop, FilesChanged);
        if (_dependencies is not { } dependencies)
        {
            Pause("no descriptor for watching files");
            return;
        }

        _isStarting = true;
        if (_state == WarmState.Sleeping)
        {
            Enter(WarmState.Learning, "");
        }

        Order(dependencies, _generation);
    }

    private void Order(Dependencies dependencies, int generation) => _room.Start(new StartOrder(
        _spec, GuessNow(), dependencies, _parked.Count == 0 || IsShared, IsShared, Mode.StartTimeoutSeconds * 1000L,
        outcome => Arrived(outcome, generation)));

    // Where the service listens at one address, every connection is to that one.
    // Where they keep coming to different ones, no server is told any: it parks when it asks.
    private SocketAddress GuessNow() => _misfits >= MostMisfits ? SocketAddress.None : !_guess.IsNone ? _guess
        : _service.Listeners is [{ Local: { HasIp: true } only }] && (ulong)only.Address != 0 && only.Address != (UInt128)0xffff << 32 ? only
        : SocketAddress.None;

    private void Arrived(in StartOutcome outcome, int generation)
    {
        _isStarting = false;
        bool isStale = generation != _generation || !_isOpen;
        WarmInstance? instance = outcome.Parked is not { } server ? null
            : IsShared ? new TemplateInstance(this, server) : new SingleInstance(this, server);
        _room.StartEnded(instance);
        if (instance is not null)
        {
            if (isStale || _room.IsFull || !instance.Watch())
            {
                Discard(instance);
            }
            else
            {
                Add(instance, outcome.Reason);
            }
        }
        else if (!isStale)
        {
            Failed(outcome);
        }

        RefillSoon();
    }

    private void Add(WarmInstance instance, string parkedAt)
    {
        _startupMs = _startupMs == 0 ? instance.Server.StartupMs : (_startupMs * 0.75) + (instance.Server.StartupMs * 0.25);
        _started++;
        _failures = 0;
        _parked.Add(instance);
        if (IsShared && _parked.Count > 1)
        {
            EndWorn();
        }

        Enter(WarmState.Ready, parkedAt);
        if (!_ageing.IsSet)
        {
            Loop.Set(_ageing, OldestMs);
        }

        if (IsAuto && Mode.IdleTimeoutSeconds is not null && !_idling.IsSet)
        {
            Loop.Set(_idling, IdleMs);
        }
    }

    private void RefillSoon()
    {
        if (_isOpen && !_refill.IsSet)
        {
            Loop.Set(_refill, 0);
        }
    }

    // Nobody has come for the idle time: nothing is held for those who may never come.
    private void Idle()
    {
        if (!IsIdle)
        {
            Loop.Set(_idling, Math.Max(1, IdleMs - (Loop.NowMs - (_arrivals.LastMs ?? Loop.NowMs))));
            return;
        }

        int ended = Retire();
        SleptUnix = Loop.NowUnix;
        Enter(WarmState.Sleeping, NobodyConnects, ended);
    }

    private void Age()
    {
        RetireAll("what was started an hour ago is replaced");
        RefillSoon();
    }

    // The edit counts for the next connection: until another server is parked, that one is served cold.
    private void FilesChanged()
    {
        RetireAll("a file that it reads at its start, or looks for, has changed");
        ClearFaults();
        if (_state == WarmState.Off)
        {
            Enter(WarmState.Learning, "its files have changed");
        }

        CountChange();
        RefillSoon();
    }

    /// <summary>Memory is short: what is held for connections to come is given up.</summary>
    public void GiveUpMemory()
    {
        if (_parked.Count > 0)
        {
            int ended = Retire();
            Pause("memory is short", ended);
        }
    }

    private void RetireAll(string why) => TellEnded(Retire(), why);

    // How many were parked.
    private int Retire()
    {
        int count = _parked.Count;
        _generation++;
        _isHeldBack = false;
        _ageing.Cancel();
        _dependencies?.Close();
        _dependencies = null;
        foreach (WarmInstance instance in _parked)
        {
            Discard(instance);
        }

        _parked.Clear();
        return count;
    }

    private void Discard(WarmInstance instance)
    {
        _retired++;
        instance.Retire();
        _room.EndSoon(instance);
    }
}
