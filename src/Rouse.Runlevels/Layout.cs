using System.Globalization;
using Rouse.Linux;

namespace Rouse.Runlevels;

/// <summary>
/// Where a host keeps its init scripts and links. The two layouts in the field differ in one directory: <c>/etc/rc.d</c>, or <c>/etc</c>.
/// Where one is links to the other, they are the same.
/// </summary>
public sealed record Layout(string Base)
{
    public const string Xinetd = "/etc/xinetd.d";
    public const string Overrides = "/etc/chkconfig.d";

    /// <summary>What a link in a level's directory leads through.</summary>
    public const string LinkTargetStart = "../init.d/";

    public string Scripts => Base + "/init.d";

    public string Level(int level) => string.Create(CultureInfo.InvariantCulture, $"{Base}/rc{level}.d");

    public string Script(string name) => $"{Scripts}/{name}";

    /// <summary>ENOENT where the tree has neither layout.</summary>
    public static SysResult Find(IFileTree tree, out Layout layout)
    {
        layout = new Layout("/etc");
        foreach (string directory in (string[])["/etc/rc.d", "/etc"])
        {
            if (tree.Look(directory + "/init.d", out FileStatus status).Ok && status.Kind == FileKind.Directory)
            {
                layout = new Layout(directory);
                return SysResult.Success();
            }
        }

        return SysResult.Fail(Errno.ENOENT);
    }
}
