using System.Collections.Generic;
using Rouse.Config.Syntax;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Tools.Service;

/// <summary>
/// The super-server's services by the file that they stand in: <c>/etc/xinetd.d/NAME</c>, which is how administrators know them; their own
/// names may be others.
/// </summary>
internal static class ServicesOfFile
{
    private const string Folder = "/etc/xinetd.d";

    public static string PathOf(string name) => $"{Folder}/{name}";

    /// <summary>A file that a super-server reads; of others it passes over the names.</summary>
    public static bool IsThere(string name) =>
        !name.Contains('.', System.StringComparison.Ordinal) && name[^1] != '~' && Files.KindOf(PathOf(name)) == FileKind.Regular;

    /// <summary>Which ids or names to ask for: the file's own name where a service is called so, and every service of it otherwise.</summary>
    public static List<string> Targets(string name)
    {
        List<string> ids = [];
        if (IsThere(name) && Files.Read(PathOf(name), out byte[] bytes).Ok)
        {
            SourceFile file = new(PathOf(name), bytes);
            foreach (Entry entry in SyntaxTree.Parse(file).Entries)
            {
                if (entry.Kind != EntryKind.Service || entry.Fault != EntryFault.None)
                {
                    continue;
                }

                string service = Text(file, entry.Name);
                string id = entry.TryFind("id"u8, out AttributeSyntax own) ? Text(file, own.ValuesRange).Trim(' ', '\t') : service;
                if (service == name || id == name)
                {
                    return [name];
                }

                if (id.Length > 0 && !ids.Contains(id))
                {
                    ids.Add(id);
                }
            }
        }

        return ids.Count == 0 ? [name] : ids;
    }

    private static string Text(SourceFile file, TextRange range) => SourceFile.Decode(file.Bytes.Slice(range.Start, range.Length));
}
