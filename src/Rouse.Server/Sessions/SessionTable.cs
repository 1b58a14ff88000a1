using System;
using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.Sessions;

/// <summary>A running server: for whom, since when (seconds since 1970).</summary>
public readonly record struct Session(int Pid, SocketAddress Peer, long StartedUnix);

/// <summary>
/// Every running server by its process id. An entry is made when the server starts and removed when it is reaped, both by the loop's
/// thread, so the counters that hang on it cannot drift, whatever is reloaded in between. Slots are reused: nothing is allocated once
/// the table has had its largest size.
/// </summary>
internal sealed class SessionTable
{
    private readonly Dictionary<int, int> _slotOfPid = [];
    private Slot[] _slots = new Slot[16];
    private int _firstFree = -1;
    private int _used;

    public int Count => _slotOfPid.Count;

    /// <summary>A server has this process id.</summary>
    public bool Knows(int pid) => _slotOfPid.ContainsKey(pid);

    public void Add(Service service, int pid, in SocketAddress peer, long nowUnix)
    {
        int slot = _firstFree;
        if (slot >= 0)
        {
            _firstFree = _slots[slot].NextFree;
        }
        else
        {
            if (_used == _slots.Length)
            {
                Array.Resize(ref _slots, _used * 2);
            }

            slot = _used++;
        }

        _slots[slot] = new Slot { Service = service, Session = new Session(pid, peer, nowUnix) };
        _slotOfPid.Add(pid, slot);
    }

    public bool Has(int pid) => _slotOfPid.ContainsKey(pid);

    /// <summary>Takes an ended server's entry out; false for a child that was no server.</summary>
    public bool Remove(int pid, out Service service, out Session session)
    {
        if (!_slotOfPid.Remove(pid, out int slot))
        {
            service = null!;
            session = default;
            return false;
        }

        service = _slots[slot].Service!;
        session = _slots[slot].Session;
        _slots[slot] = new Slot { NextFree = _firstFree };
        _firstFree = slot;
        return true;
    }

    /// <summary>The servers of a service. Not for the hot path.</summary>
    public List<Session> Of(Service service)
    {
        List<Session> sessions = [];
        foreach (int slot in _slotOfPid.Values)
        {
            if (ReferenceEquals(_slots[slot].Service, service))
            {
                sessions.Add(_slots[slot].Session);
            }
        }

        return sessions;
    }

    /// <summary>Every running server with its service. Not for the hot path.</summary>
    public IEnumerable<(Service Service, Session Session)> All()
    {
        foreach (int slot in _slotOfPid.Values)
        {
            yield return (_slots[slot].Service!, _slots[slot].Session);
        }
    }

    /// <summary>The servers of every service, by one pass. Not for the hot path.</summary>
    public Dictionary<Service, List<Session>> ByService()
    {
        Dictionary<Service, List<Session>> all = [];
        foreach (int slot in _slotOfPid.Values)
        {
            Service service = _slots[slot].Service!;
            if (!all.TryGetValue(service, out List<Session>? sessions))
            {
                all.Add(service, sessions = []);
            }

            sessions.Add(_slots[slot].Session);
        }

        return all;
    }

    private struct Slot
    {
        public Service? Service;
        public Session Session;
        public int NextFree;
    }
}
