using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Links;
using Rouse.Runlevels.Scripts;
using Rouse.Runlevels.Xinetd;
using Rouse.Server.Listening;
using Rouse.Tools.Processes;

namespace Rouse.Tools.Services;

/// <summary>
/// Every service of a tree, and what is known of each: from the scripts and their links, the files of xinetd.d, the configuration as the
/// super-server reads it, and the super-server itself where it runs.
/// </summary>
/// <param name="configuration">Null where there is none to be read.</param>
/// <param name="daemon">Null where none answers.</param>
/// <param name="processes">Those of this machine.</param>
internal sealed class ServiceSurvey(IFileTree tree, Catalogue catalogue, Configuration? configuration, RunningDaemon? daemon, ProcessTree processes)
{
    private const int LargestScript = 4 * 1024 * 1024;

    private readonly List<ServiceRow> _rows = [];
    private readonly List<string> _findings = [];

    /// <summary>What is wrong, each with its place: a file, and a line and column where there are some.</summary>
    public IReadOnlyList<string> Findings => _findings;

    public IReadOnlyList<ServiceRow> Take()
    {
        foreach (InitScript script in catalogue.Scripts)
        {
            Add(script);
        }

        AddLinkFindings();
        foreach (XinetdFile file in catalogue.XinetdFiles)
        {
            Add(file);
        }

        AddConfiguration();
        AddDaemon();
        return [.. _rows.OrderBy(row => row.Name, StringComparer.Ordinal).ThenBy(row => row.Kind, StringComparer.Ordinal)];
    }

    private void Add(InitScript script)
    {
        string path = catalogue.Layout.Script(script.Name);
        if (script.Unreadable != Errno.None)
        {
            _findings.Add($"{path}: cannot be read ({script.Unreadable.Describe()})");
            return;
        }

        _findings.AddRange(script.Faults.Select(fault => fault.ToString()));
        ServiceLinks links = catalogue.Links.Of(script.Name);
        if (!script.IsSupported && !links.IsAny)
        {
            return;
        }

        // Which processes there are says nothing about another root.
        bool isHere = tree.Root == "/";
        tree.Read(path, LargestScript, out byte[] bytes);
        (string state, int? pid) = isHere ? ScriptState.Of(tree, script.Name, ScriptHints.Read(bytes)) : ("", null);
        int[] pids = pid is { } one ? [one] : [];
        _rows.Add(new ServiceRow
        {
            Name = script.Name,
            Kind = "sysv",
            File = path,
            OnIn = links.On,
            IsOn = !links.On.IsEmpty,
            State = state,
            Pids = pids,
            Memory = isHere ? processes.Memory(pids) : null,
        });
    }

    private void AddLinkFindings()
    {
        _findings.AddRange(catalogue.Links.Unreadable.Select(level => $"{level.Directory}: cannot be read ({level.Error.Describe()})"));
        foreach (string name in catalogue.Dangling())
        {
            int level = catalogue.Links.Of(name).Present.Each().First();
            string link = $"{catalogue.Layout.Level(level)}/{catalogue.Links.Of(name).In(level)[0]}";
            _findings.Add($"{link}: leads to no init script; 'chkconfig --del {name}' removes all links of this name");
        }
    }

    private void Add(XinetdFile file)
    {
        if (file.Tree is null)
        {
            _findings.Add($"{file.Path}: cannot be read ({file.Unreadable.Describe()})");
            return;
        }

        if (file.IsIgnored)
        {
            _findings.Add($"{file.Path}:1:1: the super-server passes over a file of this name, so that its services are off; give it one without a dot");
        }
        else if (file.IsMixed)
        {
            _findings.Add($"{file.Path}:1:1: some of its services are on and some off; chkconfig turns them together");
        }

        foreach (XinetdService service in file.Services)
        {
            bool isOn = !file.IsIgnored && service.IsOn;
            _rows.Add(new ServiceRow { Name = service.Id, Kind = "xinetd", File = file.Path, IsOn = isOn, State = isOn ? "" : "off" });
        }
    }

    private void AddConfiguration()
    {
        if (configuration is null)
        {
            return;
        }

        foreach (ServiceDefinition service in configuration.Services)
        {
            ServiceRow row = RowOf(service.Id, service.Span, isOn: true);
            row.IsOn = true;
            row.Start = service.BuiltIn == BuiltInService.None && service.Redirect is null ? service.Start.Text : "";
            row.Listens = [.. row.Listens, .. Endpoint.Of(service).Select(place => $"{place}/{service.Protocol.Name}")];
            row.State = "";
        }

        // The defaults may switch off what its own file leaves on.
        foreach (DisabledService service in configuration.Disabled)
        {
            ServiceRow row = RowOf(service.Id, service.Span, isOn: false);
            row.IsOn = false;
            row.State = "off";
        }

        foreach (BrokenService service in configuration.Broken)
        {
            RowOf(service.Id, service.Span, isOn: true).State = "left out: an error";
        }

        foreach (Diagnostic finding in configuration.Diagnostics.Where(finding => finding.Severity == Severity.Error))
        {
            _findings.Add(DiagnosticRenderer.RenderHeadline(finding));
        }
    }

    // An id may stand for several services of a file; they are one row.
    private ServiceRow RowOf(string id, SourceSpan span, bool isOn)
    {
        string path = span.File?.Path ?? "";
        ServiceRow? row = _rows.Find(row => row.Name == id && row.Kind != "sysv" && row.File == path);
        if (row is null)
        {
            row = new ServiceRow { Name = id, Kind = path.EndsWith("/inetd.conf", StringComparison.Ordinal) ? "inetd" : "xinetd", File = path, IsOn = isOn };
            _rows.Add(row);
        }

        return row;
    }

    private void AddDaemon()
    {
        foreach (RunningService service in daemon?.Services ?? [])
        {
            ServiceRow? row = _rows.Find(row => row.Name == service.Id && row.Kind != "sysv" && row.IsOn)
                ?? _rows.Find(row => row.Name == service.Id && row.Kind != "sysv");
            if (row is null)
            {
                row = new ServiceRow { Name = service.Id, Kind = IsInetd(daemon!.Configuration) ? "inetd" : "xinetd", IsOn = true };
                _rows.Add(row);
            }

            // An id may stand for several: what they do is one row too.
            row.Listens = row.IsServed ? [.. row.Listens, .. service.Listens] : service.Listens;
            row.Start = service.Start;
            row.Live += service.Live;
            row.Pids = [.. row.Pids, .. service.Serving];
            row.Waiting = service.Waiting is { } waiting ? [.. row.Waiting, waiting] : row.Waiting;
            row.Last = service.Last is { } last ? Math.Max(row.Last ?? 0, last) : row.Last;
            row.Memory = processes.Memory([.. row.Pids, .. row.Waiting.SelectMany(servers => servers.Pids)]);
            row.IsServed = true;
            row.State = service.State switch
            {
                _ when row.Live > 0 || row.Pids.Count > 0 => "running",
                "served" => "running",
                "listening" when row.Waiting.Any(servers => servers.Parked > 0) => "parked",
                "listening" => "asleep",
                string other => other,
            };
        }

        foreach (ServiceRow row in _rows.Where(row => row.Kind != "sysv" && daemon is not null && row.IsOn && !row.IsServed && row.State.Length == 0))
        {
            row.State = "not served";
        }
    }

    private static bool IsInetd(string configuration) => configuration.EndsWith("/inetd.conf", StringComparison.Ordinal);
}
