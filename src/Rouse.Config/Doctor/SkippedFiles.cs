using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>
/// Files of an <c>includedir</c> directory that are not read because of their names (a dot in it, a '~' at its end) although they hold
/// a service that is switched on. What editors and package managers leave behind is told only where the service is nowhere else.
/// </summary>
internal static class SkippedFiles
{
    private static readonly string[] LeftBehind =
    [
        "~", ".rpmsave", ".rpmorig", ".rpmnew", ".dpkg-old", ".dpkg-dist", ".dpkg-new", ".dpkg-tmp", ".dpkg-bak", ".dpkg-remove", ".ucf-old",
        ".ucf-dist", ".ucf-new", ".bak", ".orig", ".save", ".old", ".swp", ".swo", ".tmp", ".disabled", ".off",
    ];

    public static void Look(Examination e)
    {
        HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            known.Add(service.Name);
        }

        foreach (DisabledService service in e.Configuration.Disabled)
        {
            known.Add(service.Name);
        }

        foreach (BrokenService service in e.Configuration.Broken)
        {
            known.Add(service.Name);
        }

        foreach ((string directory, SourceSpan span) in e.Places.Directories)
        {
            LookInto(e, directory, span, known);
        }
    }

    private static void LookInto(Examination e, string directory, SourceSpan span, HashSet<string> known)
    {
        if (!e.Files.TryListDirectory(directory, out IReadOnlyList<string> names, out _))
        {
            return;
        }

        string[] ordered = [.. names];
        Array.Sort(ordered, StringComparer.Ordinal);
        foreach (string name in ordered)
        {
            string path = $"{directory}/{name}";
            bool isSkipped = name.Length > 0 && (name.Contains('.') || name[^1] == '~');
            if (!isSkipped || e.Files.KindOf(path) != PathKind.Regular || FirstEnabled(e, path) is not { } service)
            {
                continue;
            }

            bool isLeftBehind = name[0] == '.' || Array.Exists(LeftBehind, name.EndsWith);
            string reason = name[^1] == '~' ? "ends in '~'" : "has a dot in it";
            string message = $"{Quoted.Of(path)} is not read, because its name {reason}, but it holds the service {Quoted.Of(service)}. ";
            if (!isLeftBehind)
            {
                e.Warn(Codes.FileSkipped, span, message + "Give the file a name without a dot, or remove it.");
            }
            else if (!known.Contains(service))
            {
                e.Note(Codes.FileSkipped, span, message + "If the service should run, rename the file; if not, remove it.");
            }
        }
    }

    /// <summary>The name of the first service that the file would switch on.</summary>
    private static string? FirstEnabled(Examination e, string path)
    {
        if (!e.Files.TryReadFile(path, out byte[] bytes, out _))
        {
            return null;
        }

        SourceFile file = new(path, bytes);
        foreach (Entry entry in SyntaxTree.Parse(file).Entries)
        {
            if (entry.Kind == EntryKind.Service && entry.Fault == EntryFault.None && !IsOff(file, entry))
            {
                return SourceFile.Decode(file.Bytes.Slice(entry.Name.Start, entry.Name.Length));
            }
        }

        return null;
    }

    private static bool IsOff(SourceFile file, Entry entry)
    {
        if (!entry.TryFind("disable"u8, out AttributeSyntax line))
        {
            return false;
        }

        List<TextRange> values = [];
        line.CollectValues(file, values);
        return values.Count > 0 && file.Bytes.Slice(values[0].Start, values[0].Length).Is("yes"u8);
    }
}
