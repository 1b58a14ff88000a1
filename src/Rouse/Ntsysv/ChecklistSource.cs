using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Links;
using Rouse.Runlevels.Scripts;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Tools.Ntsysv;

/// <summary>Makes the list of a tree: its init scripts that chkconfig can handle and that are not hidden, and the files of xinetd.d.</summary>
/// <param name="levels">In which a script has to be on to be shown so.</param>
/// <param name="isUtf8">The terminal shows UTF-8.</param>
internal sealed class ChecklistSource(Catalogue catalogue, Levels levels, bool isUtf8)
{
    public IReadOnlyList<ChecklistItem> Items =>
    [
        .. catalogue.Scripts.Where(script => script.IsSupported && !script.Header.IsHidden).Select(Of)
            .Concat(catalogue.XinetdFiles.Select(Of))
            .OrderBy(item => item.Name, StringComparer.Ordinal),
    ];

    private ChecklistItem Of(InitScript script)
    {
        ServiceLinks links = catalogue.Links.Of(script.Name);
        bool isOn = (links.On.Bits & levels.Bits) != 0;
        string[] notes = links.IsAny ? [] : ["It has no links yet; turning it on makes them."];
        return new ChecklistItem(script.Name, Text(script.Name), IsXinetd: false, links.On.ToString(), isOn, MayChange: true)
        {
            Path = Text(catalogue.Layout.Script(script.Name)),
            Description = Text(DescriptionOf(script.Header)),
            Notes = [.. notes, .. script.Faults.Select(fault => Text(fault.ToString()))],
        };
    }

    private ChecklistItem Of(XinetdFile file)
    {
        List<string> notes = [];
        if (file.Tree is null)
        {
            notes.Add($"It cannot be read: {file.Unreadable.Describe()}.");
        }
        else if (file.IsIgnored)
        {
            notes.Add("The super-server passes over a file of this name: give it one without a dot.");
        }
        else if (file.Services.Count == 0)
        {
            notes.Add("It holds no service.");
        }

        bool mayChange = notes.Count == 0;
        if (file.IsMixed)
        {
            notes.Add("Some of its services are on and some are off: " + string.Join(", ", file.Services.Select(service => service.Id + (service.IsOn ? " on" : " off")))
                + ". Here they are turned together.");
        }

        return new ChecklistItem(file.Name, Text(file.Name), IsXinetd: true, "", file.IsOn, mayChange)
        {
            Path = Text(file.Path),
            Description = Text(file.Header.Description),
            Notes = [.. notes.Select(Text)],
        };
    }

    // In the language of the session, where the header has it: de_DE, then de.
    private static string DescriptionOf(ScriptHeader header)
    {
        string locale = "";
        foreach (string name in (string[])["LANG", "LC_MESSAGES", "LC_ALL"])
        {
            locale = Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : locale;
        }

        string language = locale.Split('.', '@')[0];
        if (header.Descriptions.TryGetValue(language, out string? text) || header.Descriptions.TryGetValue(language.Split('_')[0], out text))
        {
            return text;
        }

        return header.Description.Length > 0 ? header.Description : header.Lsb?.ShortDescription ?? "";
    }

    private string Text(string bytes) => ScreenText.Of(bytes, isUtf8);
}
