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
    private const string NobodyConnects = "nobody connects";

    private readonly StateNotice _notice;
    private readonly StateNotice _faultNotice;
    private readonly StateNotice _endNotice;
    private LoopTimer? _pause;
    private WarmState _state;
    private string _reason = "";
    private bool _isHeldBack;
    private bool _isHeldBackTold;
    private int _failures;
    private int _changes;

    // None is left of those that were parked, for another reason than that they have connections: the next one is news.
    private bool _isEmptied;
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

    private void Pause(string why, int ended = 0) =>
        PauseFor(System.Math.Min(FirstPauseMs << System.Math.Min(_failures, 6), LongestPauseMs), why, ended);

    private void PauseFor(long milliseconds, string why, int ended = 0)
    {
        Enter(WarmState.Pausing, why, ended);
        _refill.Cancel();
        Loop.Set(_pause ??= new LoopTimer(GoOn), milliseconds);
    }

    private void GoOn()
    {
        bool sleeps = IsAuto && IsIdle;
        Enter(WarmState.Sleeping, sleeps ? NobodyConnects : "");
        if (!sleeps)
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

    // Ended: how many parked servers have ended with this change.
    private void Enter(WarmState state, string reason, int ended = 0)
    {
        bool isSame = state == _state && reason == _reason && ended == 0;
        if (isSame && !(state == WarmState.Ready && _isEmptied))
        {
            return;
        }

        string before = ended > 0 ? $"{Count(ended)} ended, and none is" : "no server is";
        string? text = state switch
        {
            WarmState.Ready => $"servers are started beforehand and parked at {reason} ({_startupMs:0} ms each)",
            WarmState.Sleeping when reason.Length > 0 => $"{before} started beforehand until somebody comes: {reason}",
            WarmState.Sleeping when _state == WarmState.Pausing && _isOpen => "servers are started beforehand again: the pause is over",
            WarmState.Pausing => $"{before} started beforehand for a while: {reason}",
            WarmState.Off => $"no server can be started beforehand: {reason}; connections are served as with start = on-demand",
            _ => null,
        };
        (_state, _reason) = (state, reason);
        _isEmptied &= state != WarmState.Ready;
        if (text is not null)
        {
            Tell(state is WarmState.Pausing or WarmState.Off ? _faultNotice : _notice, text);
        }
    }

    // Those that got a connection do not count: they are told of in the service's log.
    private void TellEnded(int count, string why)
    {
        _isEmptied |= count > 0 && _parked.Count == 0;
        if (count > 0)
        {
            Tell(_endNotice, $"{Count(count)} ended: {why}");
        }
    }

    private void Tell(StateNotice notice, string text) => notice.Tell($"service {_service.Definition.Id}: {text}");

    private static string Count(int servers) => servers == 1 ? "a parked server is" : $"{servers} parked servers are";
}
