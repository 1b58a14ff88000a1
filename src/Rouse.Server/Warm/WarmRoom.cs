using System;
using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Linux.Tracing;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>
/// What all warm services have together: the thread that starts their servers, the parked processes by their number, and whether this
/// machine permits any of it. Made with the first warm service.
/// </summary>
internal sealed class WarmRoom
{
    private const long PatienceMs = 1000;
    private const int MostStrays = 1024;

    // Each leaves some hundred kilobytes of what was read and watched: given back when nothing happens any more.
    private const int StartsThatMakeGarbage = 32;

    private readonly Keeper _keeper;
    private readonly Parker _parker;
    private readonly MemoryPressure _pressure;
    private readonly HashSet<WarmPool> _open = [];
    private int _starts;
    private int _starting;
    private readonly Dictionary<int, WarmInstance> _instances = [];
    private readonly Dictionary<int, ChildExit> _strays = [];

    public WarmRoom(Keeper keeper)
    {
        _keeper = keeper;
        Loop = keeper.Loop;
        Log = keeper.Log;
        Launcher = keeper.Launcher;
        _parker = new Parker(keeper.Loop, keeper.ChildEnded);
        Starter = _parker.Add;
        _pressure = new MemoryPressure(Loop, GiveUpMemory);
        keeper.Gate.Disperse = () => MakeRoom(null);
        keeper.Gate.PlaceFreed = RefillLater;
        if (!TracedStart.IsKnownHere)
        {
            Deny("only x86-64 is known");
        }
    }

    public EventLoop Loop { get; }

    public DaemonLog Log { get; }

    public Launcher Launcher { get; }

    /// <summary>No server can be traced here: every service is served cold.</summary>
    public bool IsDenied => DenialReason.Length > 0;

    public string DenialReason { get; private set; } = "";

    public void Deny(string reason)
    {
        if (!IsDenied)
        {
            DenialReason = reason;
            Log.Warning($"start = warm is not possible here ({reason}): every service is served as with start = on-demand");
        }
    }

    /// <summary>A reload: what was denied may be permitted now. Who traced the daemon itself, for one, has gone.</summary>
    public void Reconsider() => DenialReason = TracedStart.IsKnownHere ? "" : DenialReason;

    /// <summary>Who starts and parks servers; tests put another in its place.</summary>
    public Action<StartOrder> Starter { get; set; }

    /// <summary>A pool may start servers from now on, or no more.</summary>
    public void SetOpen(WarmPool pool, bool isOpen)
    {
        _ = isOpen ? _open.Add(pool) : _open.Remove(pool);
        if (_open.Count == 0)
        {
            _pressure.Close();
            _parker.ChildHasEnded();
        }
    }

    public void Start(StartOrder order)
    {
        _pressure.Open();
        _starting++;
        Count();
        if (++_starts % StartsThatMakeGarbage == 0)
        {
            _keeper.Settings.Memory?.GarbageWasMade();
        }

        Starter(order);
    }

    /// <summary>An order was answered; perhaps by a parked server.</summary>
    public void StartEnded(WarmInstance? instance)
    {
        _starting--;
        if (instance is not null)
        {
            _instances[instance.Server.Pid] = instance;
        }

        Count();
    }

    /// <summary>-limit: one process more would be too many.</summary>
    public bool IsCrowded => _keeper.Gate.IsCrowded;

    /// <summary>-limit: those that run and those that stay parked leave no place. The one that asks is not among them.</summary>
    public bool IsFull => IsCrowded && !HasPlace(null, out _);

    /// <summary>
    /// -limit: has a place for one process more, if need be by ending the oldest parked server of the service that has most, but not of the one
    /// that asks; false if there is none.
    /// </summary>
    public bool MakeRoom(WarmPool? asking)
    {
        if (!IsCrowded || HasPlace(asking, out WarmPool? largest))
        {
            return true;
        }

        largest?.GiveWay();
        return largest is not null;
    }

    // Those that were let go are no reason to let another one go.
    private bool HasPlace(WarmPool? asking, out WarmPool? largest)
    {
        int staying = _keeper.Gate.Processes + _starting;
        largest = null;
        foreach (WarmPool pool in _open)
        {
            int parked = pool.Parked.Count;
            staying += parked;
            if (parked > (largest?.Parked.Count ?? 0) && !ReferenceEquals(pool, asking))
            {
                largest = pool;
            }
        }

        return staying < _keeper.Gate.ProcessLimit;
    }

    private void RefillLater()
    {
        foreach (WarmPool pool in _open)
        {
            pool.RefillLater();
        }
    }

    private void Count() => _keeper.Gate.CountParked(_starting + _instances.Count);

    /// <summary>A server is being started, and the thread that traces it must be told of all that it does.</summary>
    public bool IsStarting => _parker.IsTracing;

    /// <summary>
    /// SIGCHLD has been dealt with. While a server is being started the children of the thread that traces it are its own to reap; and when
    /// nothing is to be started any more, it ends with the last of them.
    /// </summary>
    public void ChildrenReaped()
    {
        if (IsStarting || _open.Count == 0)
        {
            _parker.ChildHasEnded();
        }
    }

    /// <summary>A server has a connection: it is a session like any other.</summary>
    public void Leave(WarmInstance instance)
    {
        _instances.Remove(instance.Server.Pid);
        Count();
    }

    /// <summary>A child has ended that is no session and no command: a parked server, or a copy whose number has not been told yet.</summary>
    public void Ended(in ChildExit exit)
    {
        if (_instances.Remove(exit.Pid, out WarmInstance? instance))
        {
            instance.IsAlive = false;
            Count();
        }
        else if (HasPendingClones() && _strays.Count < MostStrays)
        {
            _strays[exit.Pid] = exit;
        }
    }

    // Without any, whatever was kept was no copy's.
    private bool HasPendingClones()
    {
        foreach (WarmInstance instance in _instances.Values)
        {
            if (instance is TemplateInstance { PendingCount: > 0 })
            {
                return true;
            }
        }

        _strays.Clear();
        return false;
    }

    private void GiveUpMemory()
    {
        foreach (WarmPool pool in _open)
        {
            pool.GiveUpMemory();
        }
    }

    /// <summary>The templates of a service, also those that have not answered for all that they were given.</summary>
    public IEnumerable<TemplateInstance> Templates(WarmPool pool)
    {
        foreach (WarmInstance instance in _instances.Values)
        {
            if (instance is TemplateInstance template && ReferenceEquals(instance.Pool, pool))
            {
                yield return template;
            }
        }
    }

    /// <summary>A copy of a template serves a peer; false if it says it is a process that is known to be another.</summary>
    public bool CloneStarted(Service service, int pid, in SocketAddress peer)
    {
        if (pid == ThisProcess.Id || _instances.ContainsKey(pid) || _keeper.Sessions.Has(pid))
        {
            return false;
        }

        Launcher.Begin(service, pid, peer);
        if (_strays.Remove(pid, out ChildExit exit))
        {
            _keeper.ChildEnded(exit);
        }

        return true;
    }

    /// <summary>A server that was let go exits by itself; one that has not after a while is ended.</summary>
    public void EndSoon(WarmInstance instance)
    {
        if (instance.IsAlive)
        {
            Loop.Set(
                new LoopTimer(() =>
                {
                    if (instance.IsAlive)
                    {
                        Loop.System.KillChild(instance.Server.Pid, Signal.KILL);
                    }
                }),
                PatienceMs);
        }
    }
}
