using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ConvoxSsl.Architecture.Tests;

/// <summary>Reads from an assembly's metadata and IL which types each of its types uses.</summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly ReferenceCollector _collector;

    public CompiledAssembly(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
        _collector = new ReferenceCollector(_metadata);
    }

    /// <summary>The names of the module's assemblies that this one refers to.</summary>
    public IEnumerable<string> References => _metadata.AssemblyReferences
        .Select(handle => _metadata.GetString(_metadata.GetAssemblyReference(handle).Name))
        .Where(name => name.Split('.')[0] == "ConvoxSsl");

    /// <summary>Returns each top-level type with the types of the module that it uses in signatures, attributes or code.</summary>
    public IEnumerable<(TypeReference User, TypeReference Used)> ReadUses() => _metadata.TypeDefinitions
        .SelectMany(handle => FindUses(handle).Select(used => (User: _collector.Resolve(handle)!, Used: used)))
        .Where(use => use.User != use.Used)
        .Distinct();

    /// <summary>Returns each top-level class with the module's interfaces that it implements.</summary>
    public IEnumerable<(TypeReference Type, TypeReference Interface)> ReadImplementations() =>
        from handle in _metadata.TypeDefinitions
        let type = _metadata.GetTypeDefinition(handle)
        where type.GetDeclaringType().IsNil
        from implementation in type.GetInterfaceImplementations()
        let contract = _collector.Resolve(_metadata.GetInterfaceImplementation(implementation).Interface)
        where contract is not null
        select (_collector.Resolve(handle)!, contract);

    /// <summary>Returns the constants and enum members, which the compiler copies into the code that uses them.</summary>
    public IEnumerable<(TypeReference Type, string Constant)> ReadConstants() =>
        from handle in _metadata.TypeDefinitions
        let type = _metadata.GetTypeDefinition(handle)
        where type.GetDeclaringType().IsNil
        from fieldHandle in type.GetFields()
        let field = _metadata.GetFieldDefinition(fieldHandle)
        where field.Attributes.HasFlag(System.Reflection.FieldAttributes.Literal)
        select (_collector.Resolve(handle)!, _metadata.GetString(field.Name));

    /// <summary>Returns the strings in the code of each top-level type and the types nested in it.</summary>
    public IEnumerable<(TypeReference Type, string Text)> ReadStrings() =>
        from handle in _metadata.TypeDefinitions
        from methodHandle in _metadata.GetTypeDefinition(handle).GetMethods()
        let method = _metadata.GetMethodDefinition(methodHandle)
        where method.RelativeVirtualAddress != 0
        from text in InstructionTokens.ReadStrings(_file.GetMethodBody(method.RelativeVirtualAddress).GetILReader())
        select (_collector.Resolve(handle)!, _metadata.GetUserString(text));

    public void Dispose() => _file.Dispose();

    private HashSet<TypeReference> FindUses(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        _collector.Begin();
        _collector.Add(type.BaseType);
        _collector.AddAttributes(type.GetCustomAttributes());
        _collector.AddConstraints(type.GetGenericParameters());
        foreach (var implementation in type.GetInterfaceImplementations())
        {
            _collector.Add(_metadata.GetInterfaceImplementation(implementation).Interface);
        }

        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
        {
            field.DecodeSignature(_collector, genericContext: null);
            _collector.AddAttributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(_metadata.GetPropertyDefinition))
        {
            _collector.AddAttributes(property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            AddMethod(method);
        }

        return _collector.End();
    }

    private void AddMethod(MethodDefinition method)
    {
        method.DecodeSignature(_collector, genericContext: null);
        _collector.AddAttributes(method.GetCustomAttributes());
        _collector.AddConstraints(method.GetGenericParameters());
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_collector, genericContext: null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            _collector.Add(region.CatchType);
        }

        foreach (var token in InstructionTokens.ReadEntities(body.GetILReader()))
        {
            _collector.Add(token);
        }
    }
}
