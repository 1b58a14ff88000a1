using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>What goes wrong with a service's parked servers, how long nothing is started then, and what is told of it.</summary>
internal sealed partial class WarmPool
{
    private const int MostFailures = 3;
    private const int MostChanges = 8;
    private const long FirstPauseMs = 1000;
    private const long LongestPauseMs = 60_000;
    private const string NoPlace = "the limit of all servers (-limit) leaves no place for one";

    private readonly StateNotice _notice;
    private readonly StateNotice _faultNotice;
    private LoopTimer? _pause;
    private WarmState _state;
    private string _reason = "";
    private bool _isHeldBack;
    private bool _isHeldBackTold;
    private int _failures;
    private int _changes;
    private long _firstChangeMs;
    private long _hits;
    private long _misses;
    private long _started;
    private long _retired;
    private long _untaken;

    public WarmState State => _room.IsDenied ? WarmState.Off : HasNoPlace ? WarmState.Sleeping : _state;

    /// <summary>At which call servers are parked; or why none are.</summary>
    public string Reason => _room.IsDenied ? _room.DenialReason : HasNoPlace ? NoPlace : _reason;

    /// <summary>Connections that a parked server took, and those that were served cold.</summary>
    public (long Hits, long Misses) Served => (_hits, _misses);

    /// <summary>Servers that were parked, that were ended unused, and that died with a connection on the way to them.</summary>
    public (long Started, long Retired, long Untaken) Fates => (_started, _retired, _untaken);

    public double StartupMs => _startupMs;

    /// <summary>When it last gave its servers up because nobody came, in seconds since 1970; 0 for never.</summary>
    public long SleptUnix { get; private set; }

    private bool HasNoPlace => _isHeldBack && _parked.Count == 0 && _state is not (WarmState.Pausing or WarmState.Off);

    private bool IsPausing => _pause is { IsSet: true };

    private void Failed(in StartOutcome outcome)
    {
        if (outcome.Failure == StartFailure.NotPermitted)
        {
            _room.Deny(outcome.Reason);
            return;
        }

        _failures++;
        if (outcome.Failure == StartFailure.Unfit || _failures >= MostFailures)
        {
            Enter(WarmState.Off, outcome.Reason);
        }
        else
        {
            Pause(outcome.Reason);
        }
    }

    // A server that is parked and then dies or writes is as bad as one that cannot be parked.
    private void CountFault(string why)
    {
        if (++_failures >= MostFailures)
        {
            _failures = 0;
            Pause(why);
        }
    }

    // Files that change with every connection would have every one start two servers.
    private void CountChange()
    {
        if (_changes == 0 || Loop.NowMs - _firstChangeMs > LongestPauseMs)
        {
            (_changes, _firstChangeMs) = (0, Loop.NowMs);
        }

        if (++_changes >= MostChanges)
        {
            _changes = 0;
            PauseFor(LongestPauseMs, "what it reads at its start changes all the time");
        }
    }

    private void Pause(string why) => PauseFor(System.Math.Min(FirstPauseMs << System.Math.Min(_failures, 6), LongestPauseMs), why);

    private void PauseFor(long milliseconds, string why)
    {
        Enter(WarmState.Pausing, why);
        _refill.Cancel();
        Loop.Set(_pause ??= new LoopTimer(GoOn), milliseconds);
    }

    private void GoOn()
    {
        Enter(WarmState.Sleeping, _reason);
        if (!IsAuto || !IsIdle)
        {
            RefillSoon();
        }
    }

    // It may come and go with every connection, and whoever has set a limit need not hear of each.
    private void HoldBack()
    {
        _isHeldBack = true;
        if (!_isHeldBackTold && _parked.Count == 0)
        {
            _isHeldBackTold = true;
            _notice.Tell($"{_service.Definition.Id}: no server is started beforehand at the moment: {NoPlace}");
        }
    }

    private void ClearFaults()
    {
        _failures = 0;
        _pause?.Cancel();
    }

    private void Enter(WarmState state, string reason)
    {
        if (state == _state && reason == _reason)
        {
            return;
        }

        (_state, _reason) = (state, reason);
        string? text = state switch
        {
            WarmState.Ready => $"servers are started beforehand and parked at {reason} ({_startupMs:0} ms each)",
            WarmState.Sleeping when reason.Length > 0 => $"no server is started beforehand: {reason}",
            WarmState.Pausing => $"no server is started beforehand for a while: {reason}",
            WarmState.Off => $"no server can be started beforehand: {reason}; connections are served as with start = on-demand",
            _ => null,
        };
        if (text is not null)
        {
            (state is WarmState.Pausing or WarmState.Off ? _faultNotice : _notice).Tell($"{_service.Definition.Id}: {text}");
        }
    }
}
