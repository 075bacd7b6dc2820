# Runs in the kernel, in a namespace of its own. Nothing of the notebook is executed.
import ast
import builtins
import json
import warnings


def source_of(content):
    shell = get_ipython()  # noqa: F821
    return shell.transform_cell(content)


def note(cell, line, column, severity, rule, message):
    return {'cell_id': cell['cell_id'], 'line': max(line or 1, 1), 'column': max(column or 1, 1),
            'severity': severity, 'rule': rule, 'message': str(message)[:500]}


def parse(cell, notes):
    source = source_of(cell['content'])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        try:
            tree = compile(source, '<cell>', 'exec', ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            compile(source, '<cell>', 'exec', ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except (SyntaxError, ValueError) as error:
            notes.append(note(cell, getattr(error, 'lineno', 1), getattr(error, 'offset', 1), 'error', 'syntax', getattr(error, 'msg', error)))
            return None
    notes.extend(note(cell, warning.lineno, 1, 'warning', 'syntax', warning.message) for warning in caught)
    return tree


def bound(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.split('.')[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, (getattr(ast, 'MatchAs', ()), getattr(ast, 'MatchStar', ()))) and node.name:
            yield node.name
        elif isinstance(node, getattr(ast, 'MatchMapping', ())) and node.rest:
            yield node.rest


def habits(cell, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for i, operator in enumerate(node.ops):
                if isinstance(operator, (ast.Eq, ast.NotEq)) and any(isinstance(side, ast.Constant) and side.value is None for side in sides[i:i + 2]):
                    yield note(cell, node.lineno, node.col_offset + 1, 'warning', 'none-comparison', "Compare with None by 'is' or 'is not'.")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
                if isinstance(default, (ast.List, ast.Dict, ast.Set)):
                    yield note(cell, default.lineno, default.col_offset + 1, 'warning', 'mutable-default', 'This default is made once and shared by all calls.')
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield note(cell, node.lineno, node.col_offset + 1, 'warning', 'bare-except', 'This catches everything, also an interrupt: name the exceptions.')


def lint(cells, thorough, known):
    notes = []
    trees = [(cell, tree) for cell in cells for tree in [parse(cell, notes)] if tree is not None]
    if thorough:
        stars = any(isinstance(node, ast.ImportFrom) and any(name.name == '*' for name in node.names) for _, tree in trees for node in ast.walk(tree))
        names = set(dir(builtins)) | set(known) | {name for _, tree in trees for name in bound(tree)} | {'__name__', '__file__', '__doc__'}
        for cell, tree in trees:
            notes.extend(habits(cell, tree))
            if stars:
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in names:
                    notes.append(note(cell, node.lineno, node.col_offset + 1, 'error', 'undefined-name', "'%s' is not defined here or in the kernel." % node.id))
    return notes[:200]


def answer(text, known):
    request = json.loads(text)
    notes = lint(request['cells'], request['thorough'], known)
    return type('Answer', (), {'__repr__': lambda self: '', '_repr_json_': lambda self: notes})()
