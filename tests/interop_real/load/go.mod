module plumbline.invalid/load

go 1.21
