using System;
using System.Collections.Immutable;
using Rouse.Access.Wrappers;
using Rouse.Config.Diagnostics;
using Rouse.Linux;
using Rouse.Server.Logging;
using Rouse.Server.Loop;

namespace Rouse.Server.Wrappers;

/// <summary>
/// The rules of tcp_wrappers as the files have them at this moment. Where there are files, each connection that asks looks whether they are
/// still the same ones (a system call a file), so that a change holds from the next connection on, without a reload. Where there are none,
/// the kernel tells when one may have appeared, and nobody looks.
/// </summary>
internal sealed class RuleBook : EventSource
{
    private readonly EventLoop _loop;
    private readonly IWrapperHost _host;
    private readonly DaemonLog _log;
    private Fd _watch = Fd.None;
    private ImmutableArray<string> _paths = [];
    private FileStamp[] _stamps = [];
    private HostRules _rules = HostRules.Empty;
    private bool _hasBegun;
    private bool _hasRead;
    private bool _isSettled;
    private bool _isAbsent;

    public RuleBook(EventLoop loop, IWrapperHost host, DaemonLog log)
    {
        _loop = loop;
        _host = host;
        _log = log;
    }

    public IWrapperHost Host => _host;

    /// <summary>There are no files, and the kernel tells when there are: nothing need be asked.</summary>
    public bool IsAsleep => _isAbsent;

    /// <summary>Some service asks the rules: from now on they are known.</summary>
    public void Begin()
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        if (_paths.IsEmpty)
        {
            _paths = [_host.AllowPath, _host.DenyPath];
        }

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

        Read();
    }

    /// <summary>At a reload: the directory may be another one now, of which the kernel was not asked to tell.</summary>
    public void BeginAnew()
    {
        HostRules rules = _rules;
        FileStamp[] stamps = _stamps;
        ImmutableArray<string> paths = _paths;
        End();

        // What has not changed is not told again.
        (_rules, _stamps, _paths) = (rules, stamps, paths);
        Begin();
    }

    /// <summary>No service asks any more: the rules are forgotten.</summary>
    public void End()
    {
        if (_watch.IsOpen)
        {
            _loop.Forget(this);
            _loop.System.Close(_watch);
            _watch = Fd.None;
        }

        (_hasBegun, _hasRead, _isSettled, _isAbsent) = (false, false, false, false);
        (_rules, _paths, _stamps) = (HostRules.Empty, [], []);
    }

    /// <summary>The rules of this moment.</summary>
    public HostRules Current()
    {
        if (!_isAbsent && (!_isSettled || IsChanged()))
        {
            Read();
        }

        return _rules;
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

    // The stamps are taken before the files are read: what changes in between is seen the next time.
    private void Read()
    {
        FileStamp[] before = StampsOf(_paths);
        WatchedReading files = new(_host);
        HostRules rules = HostRules.Read(files, _host.AllowPath, _host.DenyPath);
        if (!rules.Dependencies.AsSpan().SequenceEqual(_paths.AsSpan()))
        {
            // Other lists are named now: read again with their stamps taken before, too.
            _paths = rules.Dependencies;
            before = StampsOf(_paths);
            rules = HostRules.Read(files, _host.AllowPath, _host.DenyPath);
        }

        if (files.WasDisturbed && _hasRead)
        {
            // What is wrong is not the files: the rules stay as they were until the next connection finds them readable.
            _isSettled = false;
            return;
        }

        _hasRead = !files.WasDisturbed;
        bool isNew = !before.AsSpan().SequenceEqual(_stamps);
        _stamps = before;
        _isSettled = IsSettled() && _hasRead;
        _isAbsent = _watch.IsOpen && !_host.StampOf(_host.AllowPath).IsThere && !_host.StampOf(_host.DenyPath).IsThere;
        if (isNew)
        {
            Tell(rules);
        }

        _rules = rules.IsEmpty ? HostRules.Empty : rules;
    }

    // Notices when the machine could not read what may be readable in the next moment.
    private sealed class WatchedReading(IRuleFiles files) : IRuleFiles
    {
        public bool WasDisturbed { get; private set; }

        public RuleFileContent Read(string path)
        {
            RuleFileContent content = files.Read(path);
            WasDisturbed |= content.IsMomentary;
            return content;
        }
    }

    private FileStamp[] StampsOf(ImmutableArray<string> paths)
    {
        FileStamp[] stamps = new FileStamp[paths.Length];
        for (int i = 0; i < stamps.Length; i++)
        {
            stamps[i] = _host.StampOf(paths[i]);
        }

        return stamps;
    }

    private bool IsSettled()
    {
        foreach (FileStamp stamp in _stamps)
        {
            if (!_host.IsSettled(stamp))
            {
                return false;
            }
        }

        return true;
    }

    private void Tell(HostRules rules)
    {
        if (rules.IsEmpty && _rules.IsEmpty && rules.Diagnostics.IsEmpty)
        {
            return;
        }

        _log.Notice($"tcp_wrappers: {rules.Count} rule{(rules.Count == 1 ? "" : "s")} read from {_host.AllowPath} and {_host.DenyPath}");
        foreach (Diagnostic finding in rules.Diagnostics)
        {
            _log.Write(finding.Severity == Severity.Error ? LogLevel.Error : LogLevel.Warning, DiagnosticRenderer.RenderHeadline(finding));
        }
    }
}
