using System;
using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Logging;
using Rouse.Server.Loop;

namespace Rouse.Server.Gate;

/// <summary>
/// Who has touched a SENSOR service and is turned away from every service until its deny_time is over (xinetd.conf(5)): the original's
/// global_no_access list. An IPv4 peer is one peer whatever socket it came in on, a time is over to the millisecond, and the list outlives
/// reloads. Asking it allocates nothing.
/// </summary>
internal sealed class SensorList
{
    /// <summary>The original's limit: whoever comes when the list is full is not added.</summary>
    public const int Capacity = 10_240;

    private const long Forever = long.MaxValue;

    // What is over is over when it is asked for. The timer only clears up, and need not for each entry of a flood.
    private const long ClearUpEveryMs = 1000;

    private readonly EventLoop _loop;
    private readonly DaemonLog _log;
    private readonly BurstNotice _fullNotice;
    private readonly LoopTimer _clearUp;
    private readonly Dictionary<UInt128, long> _untilMs = [];
    private readonly List<UInt128> _over = [];

    public SensorList(EventLoop loop, DaemonLog log)
    {
        _loop = loop;
        _log = log;
        _fullNotice = new BurstNotice(log);
        _clearUp = new LoopTimer(ClearUp);
    }

    public int Count => _untilMs.Count;

    public bool ShutsOut(in SocketAddress peer) =>
        _untilMs.Count > 0 && _untilMs.TryGetValue(peer.Address, out long untilMs) && untilMs > _loop.NowMs;

    /// <summary>A peer has touched a sensor. A further touch lengthens its time and never shortens it.</summary>
    public void Touch(in SocketAddress peer, DenyTime time)
    {
        if (time == DenyTime.Never)
        {
            return;
        }

        long untilMs = time == DenyTime.Forever ? Forever : _loop.NowMs + (time.Minutes * 60_000L);
        bool isNew = !_untilMs.TryGetValue(peer.Address, out long knownMs) || knownMs <= _loop.NowMs;
        if (isNew && _untilMs.Count >= Capacity)
        {
            RemoveWhatIsOver();
            if (_untilMs.Count >= Capacity)
            {
                _fullNotice.Report(_loop.NowMs, "Maximum global_no_access count reached.");
                return;
            }
        }

        if (isNew)
        {
            Span<byte> address = stackalloc byte[LogLine.PeerRoom];
            string text = SourceFile.Decode(address[..LogLine.FormatPeer(peer, address)]);
            _log.Critical($"Adding {text} to the global_no_access list for {time.Minutes} minutes");
        }

        if (isNew || untilMs > knownMs)
        {
            _untilMs[peer.Address] = untilMs;
            if (untilMs < _clearUp.DueMs)
            {
                _loop.Set(_clearUp, Math.Max(untilMs - _loop.NowMs, 0));
            }
        }
    }

    private void ClearUp()
    {
        if (RemoveWhatIsOver() > 0)
        {
            _log.Info("At least 1 DENY_TIME has expired, global_no_access list updated");
            if (_untilMs.Count == 0)
            {
                _log.Info("global_no_access list is empty.");
            }
        }

        long next = Forever;
        foreach (long untilMs in _untilMs.Values)
        {
            next = Math.Min(next, untilMs);
        }

        if (next != Forever)
        {
            _loop.Set(_clearUp, Math.Max(next - _loop.NowMs, ClearUpEveryMs));
        }
    }

    private int RemoveWhatIsOver()
    {
        foreach ((UInt128 address, long untilMs) in _untilMs)
        {
            if (untilMs <= _loop.NowMs)
            {
                _over.Add(address);
            }
        }

        foreach (UInt128 address in _over)
        {
            _untilMs.Remove(address);
        }

        int removed = _over.Count;
        _over.Clear();
        return removed;
    }
}
