using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Runlevels.Scripts;

/// <summary>A file of init.d with what it says of itself, and what a file of chkconfig.d says instead.</summary>
public sealed record InitScript(string Name, ScriptHeader Header, IReadOnlyList<HeaderFault> Faults)
{
    /// <summary>More than any script's; a larger file is none.</summary>
    private const int LargestScript = 4 * 1024 * 1024;

    /// <summary>The header without chkconfig.d; the same object where that holds no file of this name.</summary>
    public ScriptHeader OwnHeader { get; init; } = Header;

    /// <summary>Why the file could not be read; <see cref="Errno.None"/> where it could.</summary>
    public Errno Unreadable { get; init; }

    public bool IsSupported => Unreadable == Errno.None && Header.IsSupported;

    /// <summary>Null where there is no file of that name.</summary>
    public static InitScript? Read(IFileTree tree, Layout layout, string name, bool hasOverrides)
    {
        string path = layout.Script(name);
        SysResult read = tree.Read(path, LargestScript, out byte[] bytes);
        if (!read.Ok)
        {
            return read.Error is Errno.ENOENT or Errno.EISDIR or Errno.EINVAL
                ? null
                : new InitScript(name, new ScriptHeader(), []) { Unreadable = read.Error };
        }

        List<HeaderFault> faults = [];
        ScriptHeader own = HeaderReader.Read(path, bytes, new ScriptHeader(), faults);
        ScriptHeader header = own;
        string file = $"{Layout.Overrides}/{name}";
        SysResult overriding = hasOverrides ? tree.Read(file, LargestScript, out bytes) : SysResult.Fail(Errno.ENOENT);
        if (overriding.Ok)
        {
            header = HeaderReader.Read(file, bytes, own, faults);
        }
        else if (overriding.Error != Errno.ENOENT)
        {
            faults.Add(new(file, 1, 1, $"cannot be read ({overriding.Error.Describe()}); the script's own header holds"));
        }

        return new InitScript(name, header, faults) { OwnHeader = own };
    }
}
