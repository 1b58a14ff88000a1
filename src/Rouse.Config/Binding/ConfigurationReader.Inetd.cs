using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Inetd;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>Files of inetd.conf's form: beside those of xinetd, or in their place.</summary>
internal sealed partial class ConfigurationReader
{
    // Where the service of each line is among the services, by what makes two lines one service to inetd.
    private readonly Dictionary<(string Id, string Protocol, ServiceFlags Family, bool V6Only), int> _inetdLines = [];

    private bool _hasTcpmux;
    private Draft? _multiplexed;

    /// <summary>A file of inetd.conf's form, whose services inherit from the defaults read so far.</summary>
    public void ReadInetd(string path)
    {
        if (host.KindOf(path) == PathKind.Missing)
        {
            // As in the original: the option is for hosts that have one.
            Findings.Add(Codes.NoInetdFile, Severity.Notice, SourceSpan.None, $"there is no {Quoted.Of(path)}, so -inetd_compat adds no service");
            return;
        }

        if (!host.TryReadFile(path, out byte[] bytes, out string reason))
        {
            Break(
                Codes.FileUnreadable,
                SourceSpan.None,
                $"cannot read {Quoted.Of(path)}: {reason}; the services in it are left out. Make the file readable, or start without -inetd_compat.");
            return;
        }

        SourceFile file = new(path, bytes);
        Files.Add(file);
        InetdBinder binder = new(_assignment);
        foreach (InetdEntry entry in new InetdParser(file, host).Entries())
        {
            Services.Add(binder.Bind(entry, Defaults));
        }
    }

    /// <summary>The files of the inetd personality, or directories of them. Those that are named after the first need not be there.</summary>
    public void ReadInetd(IReadOnlyList<string> paths, InetdOptions options)
    {
        InetdServices services = new(_assignment, options);
        for (int i = 0; i < paths.Count; i++)
        {
            if (i == 0 || host.KindOf(paths[i]) != PathKind.Missing)
            {
                ReadInetdPath(paths[i], services, options.Grammar);
            }
        }

        if (_multiplexed is null || _hasTcpmux)
        {
            return;
        }

        if (options.Grammar.AddsTcpmux)
        {
            ReadInetdLines(new SourceFile("the multiplexer's line", "tcpmux stream tcp nowait root internal\n"u8.ToArray()), services, options.Grammar);
            return;
        }

        _multiplexed.Report(
            Codes.InetdNoTcpmux,
            Severity.Warning,
            _multiplexed.Span,
            "no line leads to services behind the port multiplexer",
            "Add: tcpmux stream tcp nowait root internal.");
    }

    private void ReadInetdPath(string path, InetdServices services, InetdGrammar grammar)
    {
        if (host.KindOf(path) == PathKind.Directory && host.TryListDirectory(path, out IReadOnlyList<string> names, out _))
        {
            string[] ordered = [.. names];
            Array.Sort(ordered, StringComparer.Ordinal);
            foreach (string name in ordered)
            {
                if (name.Length > 0 && name[0] != '.' && host.KindOf($"{path}/{name}") == PathKind.Regular && Files.Count < MostFiles)
                {
                    ReadInetdPath($"{path}/{name}", services, grammar);
                }
            }
        }
        else if (host.TryReadFile(path, out byte[] bytes, out string reason))
        {
            ReadInetdLines(new SourceFile(path, bytes), services, grammar);
        }
        else
        {
            Break(
                Codes.FileUnreadable,
                SourceSpan.None,
                $"cannot read {Quoted.Of(path)}: {reason}; the services in it are left out. Make the file readable, or name another one.");
        }
    }

    private void ReadInetdLines(SourceFile file, InetdServices services, InetdGrammar grammar)
    {
        Files.Add(file);
        InetdParser parser = new(file, host, grammar);
        foreach (InetdEntry entry in parser.Entries())
        {
            _hasTcpmux |= entry.IsInternal && !entry.IsOff && entry.Text(entry.Name) == "tcpmux";
            foreach (Draft draft in services.Of(entry))
            {
                AddInetdLine(draft, replaces: !entry.IsOff && !entry.IsRpc && !entry.IsTcpmux && !entry.IsLocal);
                _multiplexed ??= entry.IsTcpmux && !entry.IsBroken && !entry.IsOff ? draft : null;
            }
        }

        if (parser.Stop is { } stop)
        {
            Break(stop.Code, stop.Span, stop.Message);
        }
    }

    // To openbsd-inetd and inetutils a later line for the same service is what the service has become, as at a reload.
    private void AddInetdLine(Draft draft, bool replaces)
    {
        if (!replaces || draft.IsBroken)
        {
            Services.Add(draft);
            return;
        }

        ServiceFlags family = draft.Flags & (ServiceFlags.IPv4 | ServiceFlags.IPv6);
        (string, string, ServiceFlags, bool) key = (draft.EffectiveId, draft.Protocol.Name ?? "", family, draft.V6Only);
        if (_inetdLines.TryGetValue(key, out int at))
        {
            Draft earlier = Services[at];
            Services[at] = draft;
            bool isSame = earlier.Server == draft.Server && earlier.User?.Uid == draft.User?.Uid && earlier.Wait == draft.Wait
                && earlier.ServerArgs.SequenceEqual(draft.ServerArgs);
            draft.Report(
                Codes.InetdLaterLine,
                isSame ? Severity.Notice : Severity.Warning,
                draft.Span,
                $"this line holds for {Quoted.Of(draft.Name)} in place of the one at {earlier.Span}, which is for the same service",
                "Take one of the two out.");
            return;
        }

        _inetdLines.Add(key, Services.Count);
        Services.Add(draft);
    }
}
