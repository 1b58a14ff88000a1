using System;
using System.Collections.Generic;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>
/// Reads the main file and, in place, those that it includes, and turns their entries into drafts. The first of the two moments at
/// which the defaults are inherited is here: a service starts with what the defaults hold when it is read.
/// </summary>
internal sealed partial class ConfigurationReader(IConfigHost host, HostDatabases databases)
{
    // Far above any real configuration; without a bound, a few files that include each other twice would be read for ever.
    private const int MostFiles = 4096;
    private const int DeepestNesting = 64;

    private readonly Assignment _assignment = new(host, databases);
    private readonly List<string> _open = [];
    private EntryBinder? _binder;
    private bool _tooManyFiles;

    public Findings Findings { get; } = new();

    private EntryBinder Binder => _binder ??= new(_assignment, SwitchedOn);

    /// <summary>See <see cref="LoadOptions.SwitchedOn"/>.</summary>
    public string SwitchedOn { get; init; } = "";

    public List<SourceFile> Files { get; } = [];

    public List<Draft> Services { get; } = [];

    public Draft? Defaults { get; private set; }

    public bool StructureBroken { get; private set; }

    public bool HasStrayLines { get; private set; }

    public bool DefaultsBroken { get; private set; }

    public void ReadMain(string path) => ReadFile(path, SourceSpan.None);

    private void ReadFile(string path, SourceSpan from)
    {
        if (_open.Contains(path))
        {
            Break(
                Codes.IncludeCycle,
                from,
                $"{Quoted.Of(path)} is included while it is being read; it is not read again. Take this line out.");
            return;
        }

        if (Files.Count >= MostFiles || _open.Count >= DeepestNesting)
        {
            if (!_tooManyFiles)
            {
                _tooManyFiles = true;
                Break(
                    Codes.TooManyFiles,
                    from,
                    $"more than {MostFiles} files are included, or more than {DeepestNesting} within one another; "
                        + "the others are not read. Include each file once.");
            }

            return;
        }

        if (!host.TryReadFile(path, out byte[] bytes, out string reason))
        {
            Break(
                Codes.FileUnreadable,
                from,
                $"cannot read {Quoted.Of(path)}: {reason}; the services in it are left out. "
                    + "Make the file readable, or take out what names it.");
            return;
        }

        SourceFile file = new(path, bytes);
        Files.Add(file);
        _open.Add(path);
        bool hasDefaults = false;
        foreach (Entry entry in SyntaxTree.Parse(file).Entries)
        {
            ReadEntry(file, entry, ref hasDefaults);
        }

        _open.RemoveAt(_open.Count - 1);
    }

    private void ReadEntry(SourceFile file, Entry entry, ref bool hasDefaults)
    {
        EntryFrame.Check(entry, Findings, out bool structureBroken);
        StructureBroken |= structureBroken;
        HasStrayLines |= entry.Kind == EntryKind.Stray;
        string name = _assignment.Word(file.Bytes.Slice(entry.Name.Start, entry.Name.Length));
        switch (entry.Kind)
        {
            case EntryKind.Service when entry.Fault != EntryFault.MissingName:
                ReadService(entry, name);
                break;
            case EntryKind.Defaults when hasDefaults:
                Findings.Add(
                    Codes.SecondDefaults,
                    Severity.Error,
                    entry.Keyword.In(file),
                    "this is the file's second defaults entry; it is ignored as a whole. Put its lines into the first one.");
                break;
            case EntryKind.Defaults:
                ReadDefaults(entry);
                hasDefaults = entry.Fault == EntryFault.None;
                break;
            case EntryKind.Include when entry.Fault == EntryFault.None:
                ReadFile(name, entry.Name.In(file));
                break;
            case EntryKind.IncludeDir when entry.Fault == EntryFault.None:
                ReadDirectory(name, entry.Name.In(file));
                break;
        }
    }

    private void ReadService(Entry entry, string name)
    {
        Draft draft = new(name, entry.Name.In(entry.Tree.File), isDefaults: false);
        Inheritance.AtReading(draft, Defaults);
        Binder.BindService(draft, entry);
        Services.Add(draft);
    }

    private void ReadDefaults(Entry entry)
    {
        Defaults ??= new("defaults", entry.Keyword.In(entry.Tree.File), isDefaults: true);
        Defaults.Span = entry.Keyword.In(entry.Tree.File);
        Defaults.Findings.Clear();
        Binder.BindDefaults(Defaults, entry);
        Inheritance.WarnOfLateDefaults(Defaults, Services);
        foreach (Finding finding in Defaults.Findings)
        {
            Findings.Add(finding, "so the daemon does not start, and a reload changes nothing", costsNothing: false);
        }

        DefaultsBroken |= Defaults.IsBroken;
    }

    private void ReadDirectory(string directory, SourceSpan from)
    {
        if (!host.TryListDirectory(directory, out IReadOnlyList<string> names, out string reason))
        {
            Break(
                Codes.DirectoryUnreadable,
                from,
                $"cannot read the directory {Quoted.Of(directory)}: {reason}; the services in it are left out. "
                    + "Create it, or take this line out.");
            return;
        }

        string[] ordered = [.. names];
        Array.Sort(ordered, StringComparer.Ordinal);
        foreach (string name in ordered)
        {
            if (name.Length == 0 || name.Contains('.') || name[^1] == '~')
            {
                continue;
            }

            string path = $"{directory}/{name}";
            PathKind kind = host.KindOf(path);
            if (kind is PathKind.Directory or PathKind.Other)
            {
                Findings.Add(
                    Codes.NotRegularFile,
                    Severity.Warning,
                    from,
                    $"{Quoted.Of(path)} is no regular file and is skipped. Only files are read from a directory.");
                continue;
            }

            ReadFile(path, from);
        }
    }

    private void Break(string code, SourceSpan span, string message)
    {
        StructureBroken = true;
        Findings.Add(code, Severity.Error, span, message);
    }
}
