using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Access.Wrappers;
using Rouse.Config.Diagnostics;
using Rouse.Linux;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Reloading;

namespace Rouse.Server.Wrappers;

/// <summary>Somebody who cannot go on before the rules of tcp_wrappers have been read anew.</summary>
internal interface IRulesAwaiter
{
    /// <summary>Called once, on the loop's thread, never from within the asking.</summary>
    /// <param name="rules">Rules that are no older than the asking.</param>
    void RulesAreKnown(HostRules rules);
}

/// <summary>
/// The rules of tcp_wrappers as the files have them at this moment. Where there are files, each connection that asks looks whether they are
/// still the same ones (a system call a file), so that a change holds from the next connection on, without a reload. Where there are none,
/// the kernel tells when one may have appeared, and nobody looks.
/// <para>
/// Small files are read at once. Larger ones are read on a thread of their own, one reading at a time, and whoever needs the rules waits for it;
/// everybody else is served meanwhile. Who began to wait before a reading takes what it gives; who came later looks once more, and waits for one
/// more reading at most.
/// </para>
/// </summary>
internal sealed class RuleBook : EventSource
{
    /// <summary>Files that have more bytes together are not read in the loop: what these have is read in a fraction of a millisecond.</summary>
    public const ulong MostInLoop = 8 * 1024;

    /// <summary>Nobody waits longer for a reading. Until it has come after all, everybody is denied who needs the rules.</summary>
    public const int LimitMs = 30_000;

    // More than somebody reads in a log; rouse check has them all.
    private const int MostTold = 100;

    private readonly EventLoop _loop;
    private readonly IWrapperHost _host;
    private readonly DaemonLog _log;
    private readonly LoopTimer _limit;

    // Who waits for the reading under way, and who came after it had begun.
    private readonly List<IRulesAwaiter> _first = [];
    private readonly List<IRulesAwaiter> _later = [];

    // Who is being told now.
    private readonly List<IRulesAwaiter> _told = [];
    private Fd _watch = Fd.None;
    private ImmutableArray<string> _paths = [];
    private FileStamp[] _stamps = [];
    private HostRules _rules = HostRules.Empty;
    private HostRules? _lent;
    private bool _hasBegun;
    private bool _hasRead;
    private bool _isSettled;
    private bool _isAbsent;
    private bool _isUnderWay;
    private bool _isOverdue;

    // Whoever asked last has begun the reading: it is no older than the asking.
    private bool _askerIsFirst;
    private bool _mayWait;

    public RuleBook(EventLoop loop, IWrapperHost host, DaemonLog log)
    {
        _loop = loop;
        _host = host;
        _log = log;
        _limit = new LoopTimer(TakesTooLong);
    }

    public IWrapperHost Host => _host;

    /// <summary>Done when large files have been read: much of what that took is needed no more.</summary>
    public Action? LargeWasRead { get; set; }

    /// <summary>There are no files, and the kernel tells when there are: nothing need be asked.</summary>
    public bool IsAsleep => _isAbsent;

    /// <summary>The files are being read: whoever asks must wait.</summary>
    public bool IsBeingRead => _isUnderWay && !_isOverdue && !AreLent;

    /// <summary>For a moment some are given without a look at the files: <see cref="Lend"/>.</summary>
    public bool AreLent => _lent is not null;

    /// <summary>From now on there are peers that must not wait for each other; until then files of any size are read at once.</summary>
    public void ServingBegins() => _mayWait = true;

    /// <summary>Some service asks the rules: from now on they are known.</summary>
    public void Begin()
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        if (_isUnderWay)
        {
            _loop.Set(_limit, LimitMs);
        }

        if (_paths.IsEmpty)
        {
            _paths = [_host.AllowPath, _host.DenyPath];
        }

        BeginWatching();
        Read();
    }

    /// <summary>At a reload: the directory may be another one now, of which the kernel was not asked to tell.</summary>
    public void BeginAnew()
    {
        if (!_hasBegun)
        {
            Begin();
            return;
        }

        EndWatching();
        BeginWatching();
        _isAbsent = false;
        _isSettled &= !ReferenceEquals(_rules, HostRules.Unread);
        if (Current() is not null)
        {
            _isAbsent = IsAbsent();
        }
    }

    /// <summary>No service asks any more: the rules are forgotten.</summary>
    public void End()
    {
        EndWatching();
        _limit.Cancel();
        (_hasBegun, _hasRead, _isSettled, _isAbsent) = (false, false, false, false);
        (_rules, _paths, _stamps) = (HostRules.Empty, [], []);

        // Whoever waits is judged anew, and asks no rules.
        TellAll(_rules);
    }

    /// <summary>The rules of this moment; null where they must be waited for (<see cref="Await"/>).</summary>
    public HostRules? Current()
    {
        _askerIsFirst = false;
        if (_lent is not null || !_hasBegun)
        {
            return _lent ?? _rules;
        }

        if (!_isUnderWay && !_isAbsent && (!_isSettled || IsChanged()))
        {
            Read();
            _askerIsFirst = _isUnderWay;
        }

        return !_isUnderWay ? _rules : _isOverdue ? HostRules.Unread : null;
    }

    /// <summary>For the judging of somebody who has waited for these: whatever has become of the files since.</summary>
    public void Lend(HostRules rules) => _lent = rules;

    public void TakeBack() => _lent = null;

    /// <summary>Tells when there are rules again. To be called where <see cref="Current"/> gave none.</summary>
    public void Await(IRulesAwaiter awaiter)
    {
        (_askerIsFirst ? _first : _later).Add(awaiter);
        _askerIsFirst = false;
    }

    /// <summary>Does not wait any more.</summary>
    public void Withdraw(IRulesAwaiter awaiter)
    {
        _first.Remove(awaiter);
        _later.Remove(awaiter);
        _told.Remove(awaiter);
    }

    /// <summary>Something in the files' directory has changed.</summary>
    public override void OnReady(PollEvents events)
    {
        _host.Drain(_watch);
        if (_isAbsent && IsChanged())
        {
            Read();
        }
    }

    private void BeginWatching()
    {
        SysResult watch = _host.Watch();
        if (watch.Ok)
        {
            _watch = watch.Fd;
            if (!_loop.Watch(this, _watch, PollEvents.In).Ok)
            {
                _loop.System.Close(_watch);
                _watch = Fd.None;
            }
        }
    }

    private void EndWatching()
    {
        if (_watch.IsOpen)
        {
            _loop.Forget(this);
            _loop.System.Close(_watch);
            _watch = Fd.None;
        }
    }

    private bool IsAbsent() => _watch.IsOpen && !_host.StampOf(_host.AllowPath).IsThere && !_host.StampOf(_host.DenyPath).IsThere;

    private bool IsChanged()
    {
        for (int i = 0; i < _stamps.Length; i++)
        {
            if (_host.StampOf(_paths[i]) != _stamps[i])
            {
                return true;
            }
        }

        return false;
    }

    private void Read()
    {
        if (_isUnderWay)
        {
            return;
        }

        RuleReading? reading = _mayWait ? RuleReading.OfSmall(_host, _paths, MostInLoop) : RuleReading.OfAll(_host, _paths, mayWait: false);
        if (reading is null && !TryStart())
        {
            // No thread can be made: better late than never.
            reading = RuleReading.OfAll(_host, _paths, mayWait: false);
        }

        if (reading is not null)
        {
            Take(reading);
        }
    }

    private bool TryStart()
    {
        ImmutableArray<string> paths = _paths;
        if (!ReloadThread.TryStart(_loop, () => RuleReading.OfAll(_host, paths, mayWait: true), EndReading, "rules"))
        {
            return false;
        }

        _isUnderWay = true;
        _isAbsent = false;
        _first.AddRange(_later);
        _later.Clear();
        _loop.Set(_limit, LimitMs);
        return true;
    }

    private void EndReading(RuleReading? reading, string fault)
    {
        _limit.Cancel();
        (_isUnderWay, _isOverdue) = (false, false);
        if (!_hasBegun)
        {
            return;
        }

        if (reading is null)
        {
            // Not before the files change is it tried again: the next reading would fail as this one did.
            _log.Critical($"the rules of tcp_wrappers cannot be read: whoever needs them is denied. An error of the program itself; please report it: {fault}");
            (_rules, _stamps, _isSettled, _hasRead) = (HostRules.Unread, RuleReading.StampsOf(_host, _paths), true, true);
        }
        else
        {
            Take(reading);
        }

        LargeWasRead?.Invoke();
        Tell(_first, _rules);
        if (_later.Count > 0 && Current() is { } rules)
        {
            Tell(_later, rules);
        }
    }

    private void TakesTooLong()
    {
        _isOverdue = true;
        _log.Error(
            $"tcp_wrappers: {_host.AllowPath} and {_host.DenyPath} have not been read within {LimitMs / 1000} seconds: until they are, whoever needs "
            + "them is denied. Is their file system there?");
        TellAll(HostRules.Unread);
    }

    private void TellAll(HostRules rules)
    {
        Tell(_first, rules);
        Tell(_later, rules);
    }

    // Whoever is told may end others that wait, or wait again.
    private void Tell(List<IRulesAwaiter> awaiters, HostRules rules)
    {
        _told.AddRange(awaiters);
        awaiters.Clear();
        while (_told.Count > 0)
        {
            IRulesAwaiter next = _told[0];
            _told.RemoveAt(0);
            next.RulesAreKnown(rules);
        }
    }

    private void Take(RuleReading reading)
    {
        if (reading.WasDisturbed && _hasRead)
        {
            // What is wrong is not the files: the rules stay as they were until the next connection finds them readable.
            _isSettled = false;
            return;
        }

        _hasRead = !reading.WasDisturbed;
        bool isNew = !reading.Stamps.AsSpan().SequenceEqual(_stamps);
        (_paths, _stamps) = (reading.Paths, reading.Stamps);
        _isSettled = reading.IsSettled && _hasRead;
        _isAbsent = IsAbsent();
        if (isNew)
        {
            Tell(reading.Rules);
        }

        // What is wrong with them has been told, and need not be held for months.
        _rules = reading.Rules.IsEmpty ? HostRules.Empty : reading.Rules.WithoutDiagnostics();
    }

    private void Tell(HostRules rules)
    {
        if (rules.IsEmpty && _rules.IsEmpty && rules.Diagnostics.IsEmpty)
        {
            return;
        }

        _log.Notice($"tcp_wrappers: {rules.Count} rule{(rules.Count == 1 ? "" : "s")} read from {_host.AllowPath} and {_host.DenyPath}");
        for (int i = 0; i < Math.Min(rules.Diagnostics.Length, MostTold); i++)
        {
            Diagnostic finding = rules.Diagnostics[i];
            _log.Write(finding.Severity == Severity.Error ? LogLevel.Error : LogLevel.Warning, DiagnosticRenderer.RenderHeadline(finding));
        }

        if (rules.Diagnostics.Length > MostTold)
        {
            _log.Warning($"tcp_wrappers: {rules.Diagnostics.Length - MostTold} more findings: see rouse check");
        }
    }
}
