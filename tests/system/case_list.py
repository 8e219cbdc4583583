"""How a module of cases gathers them: a claim and the function that holds it up."""


def collector():
    cases = []

    def case(claim):
        def keep(function):
            cases.append((claim, function))
            return function
        return keep
    return cases, case
